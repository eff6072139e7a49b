import { cpSync } from "node:fs";
import path from "node:path";
import { startApiGateway } from "@algoitny/local/api-gateway/start-gateway";
import { cors } from "@algoitny/functions/deployment/cors";
import {
  createIssuer,
  DISCOVERY_PATH,
  type Issuer,
  JWKS_PATH,
} from "@algoitny/local/issuer/issuer";
import { type Container, startContainer } from "./container.ts";
import { type Services, startServices } from "./services.ts";
import { type BuiltFunction, fileOf, type Graph, type Inputs, theOne } from "./graph.ts";
import { deployedName } from "./deployed-queues.ts";
import { deployed } from "./deployed-routes.ts";
import { sealLinks } from "./sealed-links.ts";

/**
 * The evaluated graph as a running system: its routes, its queues and its bundles, each with its links and the rights
 * of its role.
 */
export interface Deployment extends AsyncDisposable {
  graph: Graph;
  url: string;
  services: Services;
  tokenOf: (claims: Record<string, unknown>) => Promise<string>;
  /** The container of a function by its file, kept between invocations. */
  container: (file: string) => Container;
  /** A new container of the function, as a cold start would give. */
  freshContainer: (file: string) => Container;
  /** The last event that the gateway sent to a function. */
  recorded: (file: string) => unknown;
  /** Actions that a function has used at AWS, as `dynamodb:GetItem` and `sqs:SendMessage <queue>`. */
  used: (file: string) => string[];
  /** Output of all functions. */
  output: () => string;
}

export async function deploy(graph: Graph): Promise<Deployment> {
  const stack = new AsyncDisposableStack();
  const containers = new Map<string, Container>();
  const all: Container[] = [];
  const events = new Map<string, unknown>();

  const services = stack.use(await startServices(graph));
  stack.defer(async () => void (await Promise.all(all.map((container) => container.close()))));
  const issuer = await createIssuer();
  const gateway = await startGateway(graph, issuer, (file, event) => {
    events.set(file, event);
    return containerOf(file).invoke(event);
  });
  stack.defer(() => gateway.close());
  services.queues.consume((file, event) => containerOf(file).invoke(event));

  function freshContainer(file: string): Container {
    const built = builtOf(graph, file);
    for (const { from, to } of built.copyFiles)
      cpSync(from, path.join(built.folder, to), { recursive: true });
    const links = localised(graph, built, services, gateway.url);
    const container = startContainer(built.folder, environmentOf(graph, built, links, services));
    all.push(container);
    return container;
  }

  function containerOf(file: string): Container {
    const running = containers.get(file) ?? freshContainer(file);
    containers.set(file, running);
    return running;
  }

  const { issuer: iss, audience: aud } = authorizerOf(graph);
  return {
    graph,
    url: gateway.url,
    services,
    tokenOf: (claims) => issuer.issueToken({ iss, aud, ...claims }),
    container: containerOf,
    freshContainer,
    recorded: (file) => events.get(file),
    used: (file) => services.used(builtOf(graph, file).id),
    output: () => all.map((one) => one.output()).join(""),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

export function builtOf(graph: Graph, file: string): BuiltFunction {
  const built = graph.functions.find(({ handler }) => fileOf(handler) === file);
  if (!built) throw new Error(`${file} is not deployed`);
  return built;
}

/** Serves the routes of the graph, behind its authorizer. */
function startGateway(
  graph: Graph,
  issuer: Issuer,
  invoke: (file: string, event: unknown) => Promise<unknown>,
) {
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
    beside({ url }) {
      const document = issuer.document(url, "http://127.0.0.1:9");
      const isDiscovery = document !== undefined && "issuer" in document;
      const claimed = isDiscovery ? { ...document, issuer: authorizer.issuer } : document;
      const body = Buffer.from(JSON.stringify(claimed ?? null));
      const headers = { "content-type": "application/json" };
      return document && { status: 200, headers, cookies: [], body };
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

/** The deployed links, with the addresses of the local services. */
function localised(
  graph: Graph,
  { links }: BuiltFunction,
  { redis, sqsUrl }: Services,
  issuerUrl: string,
): Record<string, Inputs> {
  const here = (name: string, link: Inputs): Inputs => {
    if (name === "Table") return link;
    if (name === "Redis") return { ...link, ...redis };
    if (name === "Auth") {
      const signIn = { ...(link["signIn"] as Inputs), discoveryUri: issuerUrl + DISCOVERY_PATH };
      return { ...link, jwksUri: issuerUrl + JWKS_PATH, signIn };
    }
    const fifo = String(link["url"]).endsWith(".fifo") ? ".fifo" : "";
    return { ...link, url: `${sqsUrl}/000000000000/${deployedName(graph, name)}${fifo}` };
  };
  return Object.fromEntries(Object.entries(links).map(([name, link]) => [name, here(name, link)]));
}

/** The deployed environment and Lambda's additions. Links come as SST deploys them: a sealed file beside the bundle. */
function environmentOf(
  graph: Graph,
  { id, folder }: BuiltFunction,
  links: Record<string, Inputs>,
  { dynamodbUrl, cloudWatchUrl, logsUrl }: Services,
): Record<string, string> {
  const { inputs } = theOne(graph, "aws:lambda/function:Function", `${id}Function`);
  const { variables } = inputs["environment"] as { variables: Record<string, string> };
  return {
    ...variables,
    SST_KEY: sealLinks(folder, links),
    AWS_REGION: "us-east-1",
    // The services identify the function's role by this key.
    AWS_ACCESS_KEY_ID: id,
    AWS_SECRET_ACCESS_KEY: "secret",
    AWS_ENDPOINT_URL_DYNAMODB: dynamodbUrl,
    AWS_ENDPOINT_URL_CLOUDWATCH: cloudWatchUrl,
    AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: logsUrl,
    AWS_ENDPOINT_URL_DYNAMODB_STREAMS: dynamodbUrl,
    AWS_LAMBDA_FUNCTION_NAME: String(inputs["name"]),
    TZ: ":UTC",
  };
}
