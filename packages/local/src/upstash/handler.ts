import { timingSafeEqual } from "node:crypto";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import type { RedisEngine } from "../redis/redis-engine.ts";
import { RedisError, type Reply } from "../redis/reply.ts";
import { type Encoded, type Encoding, encodeReplies, encodeReply, encodingOf } from "./encoding.ts";
import { HttpError } from "./rest-error.ts";
import {
  commandInBody,
  commandInPath,
  commandsInBody,
  parseTarget,
  readBody,
  type Target,
} from "./rest-request.ts";
import type { Runner } from "./runner.ts";
import { streamFor } from "./event-streams.ts";

const METHODS = new Set(["GET", "HEAD", "POST", "PUT"]);

interface Answer extends Encoded {
  status: number;
}

/** Upstash's REST API: authentication, the endpoints, the status codes. */
export function createHandler(runner: Runner, redis: RedisEngine, token: string): RequestListener {
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const target = parseTarget(request.url ?? "/");
    authorize(request, target, token);
    const stream = streamFor(target, runner, redis);
    if (stream !== undefined) return await stream(response);
    const encoding = encodingOf(request.headers, endpointOf(target));
    const body = await readBody(request);
    send(response, runner, await execute(target, body, encoding, runner));
  };
  return (request, response) => {
    answer(request, response).catch((error: unknown) => {
      if (error instanceof HttpError) send(response, runner, failure(error));
      // Redis is stopped, or a fault is planted: to the client, the connection breaks.
      else response.destroy();
    });
  };
}

function authorize(
  { method = "", headers }: IncomingMessage,
  { query }: Target,
  token: string,
): void {
  if (!METHODS.has(method))
    throw new HttpError(405, "ERR method not allowed: use HEAD, GET, POST or PUT");
  const given =
    /^Bearer (.+)$/i.exec(headers.authorization ?? "")?.[1] ?? query.get("_token") ?? "";
  const [a, b] = [Buffer.from(given), Buffer.from(token)];
  if (a.length !== b.length || !timingSafeEqual(a, b)) {
    throw new HttpError(401, "WRONGPASS invalid or missing auth token");
  }
}

function endpointOf({ path }: Target): string {
  const [only, ...rest] = path;
  return rest.length === 0 ? String(only ?? "") : "";
}

async function execute(
  target: Target,
  body: Buffer,
  encoding: Encoding,
  runner: Runner,
): Promise<Answer> {
  const endpoint = endpointOf(target);
  if (endpoint === "pipeline") {
    return { status: 200, ...encodeReplies(await runner.pipeline(commandsInBody(body)), encoding) };
  }
  if (endpoint === "multi-exec") {
    const replies = await runner.transaction(commandsInBody(body));
    if (replies instanceof RedisError) return one(replies, encoding);
    return { status: 200, ...encodeReplies(replies, encoding) };
  }
  const command = target.path.length === 0 ? commandInBody(body) : commandInPath(target, body);
  const [reply = null] = await runner.pipeline([command]);
  return one(reply, encoding);
}

function one(reply: Reply, encoding: Encoding): Answer {
  return { status: reply instanceof RedisError ? 400 : 200, ...encodeReply(reply, encoding) };
}

function failure({ status, message }: HttpError): Answer {
  return { status, contentType: "application/json", body: JSON.stringify({ error: message }) };
}

function send(
  response: ServerResponse,
  runner: Runner,
  { status, contentType, body }: Answer,
): void {
  response.writeHead(status, {
    "content-type": contentType,
    "content-length": Buffer.byteLength(body),
    "upstash-sync-token": runner.syncToken(),
  });
  response.end(body);
}
