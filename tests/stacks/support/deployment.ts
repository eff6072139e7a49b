import { tableDefinition, TTL_ATTRIBUTE } from "@algoitny/core/table/definition";
import { cors } from "@algoitny/functions/cors";
import { type ApiGateway, startApiGateway } from "@algoitny/local/api-gateway/server";
import { startDynamoDb } from "@algoitny/local/dynamodb/start";
import { createTable } from "@algoitny/local/dynamodb/table";
import { createIssuer, type Issuer, JWKS_PATH } from "@algoitny/local/issuer/issuer";
import { startRedis } from "@algoitny/local/redis/start";
import { startUpstash } from "@algoitny/local/upstash/start";
import { type Container, startContainer } from "./container.ts";
import { type BuiltFunction, fileOf, type Graph, type Inputs, theOne } from "./graph.ts";
import { type IamProxy, startIamProxy } from "./iam-proxy.ts";
import { roleOf, statementsOf } from "./roles.ts";
import { deployed } from "./routes.ts";
import { sealLinks } from "./sealed-links.ts";

const REDIS_TOKEN = "deployed";

/** The graph brought to life: its routes, its bundles, each with its own links and its own role's rights. */
export interface Deployment extends AsyncDisposable {
  url: string;
  tokenOf(claims: Record<string, unknown>): Promise<string>;
  /** The container of a function by its file; every function has one, kept between invocations. */
  container(file: string): Container;
  /** A new container of the function, as a cold start would give. */
  freshContainer(file: string): Container;
  /** The last event that the gateway sent to a function. */
  recorded(file: string): unknown;
  /** What each function, by file, was seen to do to the table. */
  used(): Record<string, string[]>;
  /** What functions wrote, all of them. */
  output(): string;
}

export async function deploy(graph: Graph): Promise<Deployment> {
  const stack = new AsyncDisposableStack();
  const engine = await startDynamoDb({ engine: "embedded" });
  stack.defer(() => engine.close());
  const table = String(theOne(graph, "aws:dynamodb/table:Table").inputs["name"]);
  await createTable(
    engine.endpoint,
    { TableName: table, ...tableDefinition },
    { ttlAttribute: TTL_ATTRIBUTE },
  );
  const redis = await startRedis({ engine: "embedded" });
  stack.defer(() => redis.close());
  const upstash = stack.use(await startUpstash({ redis, token: REDIS_TOKEN }));
  const iam = stack.use(await startIamProxy(engine.endpoint, (id) => grantsOf(graph, id)));
  const issuer = await createIssuer();

  const containers = new Map<string, Container>();
  const all: Container[] = [];
  stack.defer(async () => void (await Promise.all(all.map((container) => container.close()))));
  let gateway: ApiGateway | undefined;

  function freshContainer(file: string): Container {
    const built = graph.functions.find(({ handler }) => fileOf(handler) === file);
    if (!built) throw new Error(`${file} is not deployed`);
    const links = localised(built, { url: upstash.url, jwksUri: `${gateway?.url}${JWKS_PATH}` });
    const container = startContainer(built.folder, environmentOf(graph, built, links, iam));
    all.push(container);
    return container;
  }

  function container(file: string): Container {
    const running = containers.get(file) ?? freshContainer(file);
    containers.set(file, running);
    return running;
  }

  const events = new Map<string, unknown>();
  gateway = await startGateway(graph, issuer, (file, event) => {
    events.set(file, event);
    return container(file).invoke(event);
  });
  stack.defer(() => gateway?.close());
  const { issuer: iss, audience: aud } = authorizerOf(graph);
  return {
    url: gateway.url,
    tokenOf: (claims) => issuer.issueToken({ iss, aud, ...claims }),
    container,
    freshContainer,
    recorded: (file) => events.get(file),
    used: () =>
      Object.fromEntries(
        graph.functions.map(({ id, handler }) => [
          fileOf(handler),
          [...(iam.used.get(id) ?? [])].toSorted(),
        ]),
      ),
    output: () => all.map((one) => one.output()).join(""),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** Serves the routes that the graph has, behind the authorizer that it has. */
function startGateway(
  graph: Graph,
  issuer: Issuer,
  invoke: (file: string, event: unknown) => Promise<unknown>,
): Promise<ApiGateway> {
  const authorizer = authorizerOf(graph);
  return startApiGateway({
    port: 0,
    routes: deployed(graph).map(({ key, file, authorization }) => ({
      key,
      target: file,
      authorized: authorization === "JWT",
    })),
    authorizer: { issuer: authorizer.issuer, audience: [authorizer.audience], keys: issuer.keys },
    cors: { ...cors, origins: [] },
    invoke,
    beside: (_, url) => {
      const document = issuer.document(url, "");
      const body = Buffer.from(JSON.stringify(document ?? null));
      return (
        document && {
          status: 200,
          headers: { "content-type": "application/json" },
          cookies: [],
          body,
        }
      );
    },
    onError: (file, error) => console.error(file, error),
  });
}

function authorizerOf(graph: Graph): { issuer: string; audience: string } {
  const { inputs } = theOne(graph, "aws:apigatewayv2/authorizer:Authorizer");
  const { issuer, audiences } = inputs["jwtConfiguration"] as {
    issuer: string;
    audiences: string[];
  };
  return { issuer, audience: audiences[0] ?? "" };
}

function grantsOf(graph: Graph, id: string) {
  const { inputs } = theOne(graph, "aws:lambda/function:Function", `${id}Function`);
  const role = roleOf(graph, `arn:${String(inputs["name"])}`);
  return statementsOf(role).flatMap(({ Action, Resource }) =>
    Action.flatMap((action) => Resource.map((resource) => ({ action, resource }))),
  );
}

/** Links as they were deployed, but for the addresses of what runs here instead. */
function localised({ links }: BuiltFunction, here: { url: string; jwksUri: string }) {
  const { Redis, Auth, ...others } = links;
  return {
    ...others,
    ...(Redis && { Redis: { ...Redis, url: here.url, token: REDIS_TOKEN } }),
    ...(Auth && { Auth: { ...Auth, jwksUri: here.jwksUri } }),
  };
}

/** The deployed environment and what Lambda adds. Links come as SST deploys them: a sealed file beside the bundle. */
function environmentOf(
  graph: Graph,
  { id, folder }: BuiltFunction,
  links: Record<string, Inputs>,
  { endpoint }: IamProxy,
): Record<string, string> {
  const { inputs } = theOne(graph, "aws:lambda/function:Function", `${id}Function`);
  const { variables } = inputs["environment"] as { variables: Record<string, string> };
  return {
    ...variables,
    SST_KEY: sealLinks(folder, links),
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: id,
    AWS_SECRET_ACCESS_KEY: "secret",
    AWS_ENDPOINT_URL_DYNAMODB: endpoint,
    AWS_LAMBDA_FUNCTION_NAME: String(inputs["name"]),
    TZ: ":UTC",
  };
}
