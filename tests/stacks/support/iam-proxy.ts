import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** Permissions of a caller, by the access key it signs with. */
export type Policy = (accessKey: string) => { action: string; resource: string }[];

export interface IamProxy extends AsyncDisposable {
  endpoint: string;
  /** Access key → the executed actions, as `dynamodb:GetItem` and, because there are many queues, `sqs:SendMessage <queue>`. */
  used: ReadonlyMap<string, ReadonlySet<string>>;
}

type Body = Record<string, unknown>;

/** Actions of a transaction's parts: IAM has none for the transaction. */
const PARTS: Record<string, string> = {
  Put: "PutItem",
  Update: "UpdateItem",
  Delete: "DeleteItem",
  ConditionCheck: "ConditionCheckItem",
};

/** A service of AWS behind IAM: passes on the requests that the caller's role allows, and refuses the others as AWS does. */
export async function startIamProxy(endpoint: string, policy: Policy): Promise<IamProxy> {
  const used = new Map<string, Set<string>>();

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = Buffer.concat(await request.toArray());
    const caller = /Credential=([^/]+)\//.exec(request.headers.authorization ?? "")?.[1] ?? "";
    const asked = needed(String(request.headers["x-amz-target"]), JSON.parse(body.toString()));
    const allowed = policy(caller);
    const refused = asked.find(
      ({ action, name }) =>
        !allowed.some((grant) => grant.action === action && grant.resource.includes(name)),
    );
    if (refused) {
      const message = `${caller} is not authorized to perform: ${refused.action} on ${refused.name}`;
      const type = "com.amazon.coral.service#AccessDeniedException";
      response.writeHead(400, { "content-type": "application/x-amz-json-1.0" });
      response.end(JSON.stringify({ __type: type, message }));
      return;
    }
    const seen = used.get(caller) ?? new Set();
    used.set(caller, seen);
    for (const { action, name } of asked) {
      seen.add(action.startsWith("sqs:") ? `${action} ${name}` : action);
    }
    await passOn(endpoint, request, body, response);
  }

  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  });
  // A busy function may send its next request after Node's 5 seconds, when the socket would be closing.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    used,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The actions that a request requires, each with a part of the name of its resource. */
function needed(target: string, body: Body): { action: string; name: string }[] {
  const [service = "", operation = ""] = target.split(".");
  if (service === "AmazonSQS") {
    return [{ action: `sqs:${operation}`, name: lastOf(body["QueueUrl"], "/") }];
  }
  // Metrics are not separate resources: the right covers all.
  if (service.startsWith("GraniteService"))
    return [{ action: `cloudwatch:${operation}`, name: "*" }];
  if (service.startsWith("Logs_"))
    return [{ action: `logs:${operation}`, name: `:${String(body["logGroupName"])}:` }];
  if (service.startsWith("DynamoDBStreams")) {
    // An iterator names no stream: its holder was allowed to get it.
    const [name = ""] = /:table\/.*\/stream\//.exec(JSON.stringify(body)) ?? [];
    return [{ action: `dynamodb:${operation}`, name: "StreamArn" in body ? name : "" }];
  }
  if (operation.startsWith("Transact")) {
    return (body["TransactItems"] as Record<string, Body>[]).flatMap((part) =>
      Object.entries(part).map(([kind, item]) => onTable(PARTS[kind] ?? kind, item["TableName"])),
    );
  }
  const tables =
    "RequestItems" in body ? Object.keys(body["RequestItems"] as Body) : [body["TableName"]];
  return tables.map((table) => onTable(operation, table));
}

const onTable = (action: string, table: unknown) => ({
  action: `dynamodb:${action}`,
  name: `:table/${String(table)}`,
});

const lastOf = (text: unknown, separator: string) => String(text).split(separator).at(-1) ?? "";

async function passOn(
  endpoint: string,
  request: IncomingMessage,
  body: Buffer,
  response: ServerResponse,
): Promise<void> {
  const { host: _host, connection: _connection, ...headers } = request.headers;
  const answer = await fetch(endpoint, {
    method: "POST",
    headers: headers as Record<string, string>,
    body: new Uint8Array(body),
  });
  response.writeHead(answer.status, { "content-type": "application/x-amz-json-1.0" });
  response.end(Buffer.from(await answer.arrayBuffer()));
}
