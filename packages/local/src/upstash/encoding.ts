import type { IncomingHttpHeaders } from "node:http";
import { RedisError, type Reply } from "../redis/reply.ts";
import { HttpError } from "./rest-error.ts";

/** Encoding of a response's body. */
export type Encoding = "json" | "base64" | "resp2";

export interface Encoded {
  contentType: string;
  body: string | Buffer;
}

/** Reads `Upstash-Response-Format` and `Upstash-Encoding`; throws on what Upstash answers with 400. */
export function encodingOf(headers: IncomingHttpHeaders, path: string): Encoding {
  const format = headers["upstash-response-format"] ?? "json";
  const base64 = headers["upstash-encoding"] === "base64";
  if (format === "json") return base64 ? "base64" : "json";
  if (format !== "resp2")
    throw new HttpError(400, `ERR unsupported response format '${String(format)}'`);
  if (base64)
    throw new HttpError(400, "ERR base64 encoding is not available with the resp2 response format");
  if (path === "multi-exec")
    throw new HttpError(400, "ERR resp2 response format is not available for /multi-exec");
  return "resp2";
}

/** The answer to one command. */
export function encodeReply(reply: Reply, encoding: Encoding): Encoded {
  return encoding === "resp2" ? binary([reply]) : text(item(reply, encoding));
}

/** The answer to a list of commands. */
export function encodeReplies(replies: readonly Reply[], encoding: Encoding): Encoded {
  return encoding === "resp2"
    ? binary(replies)
    : text(replies.map((reply) => item(reply, encoding)));
}

function text(value: unknown): Encoded {
  return { contentType: "application/json", body: JSON.stringify(value) };
}

function binary(replies: readonly Reply[]): Encoded {
  const body = Buffer.concat(replies.map((reply) => resp(reply, true)));
  return { contentType: "application/octet-stream", body };
}

function item(reply: Reply, encoding: Encoding): unknown {
  return reply instanceof RedisError
    ? { error: reply.message }
    : { result: json(reply, encoding, true) };
}

/** In base64 an "OK" stays unchanged, except inside an array, where clients decode every string. */
function json(reply: Reply, encoding: Encoding, top: boolean): unknown {
  if (Array.isArray(reply)) return reply.map((element) => json(element, encoding, false));
  if (reply instanceof RedisError) return { error: reply.message };
  if (!Buffer.isBuffer(reply)) return reply;
  if (encoding === "json") return reply.toString();
  return top && isOk(reply) ? "OK" : reply.toString("base64");
}

function isOk(reply: Buffer): boolean {
  return reply.length === 2 && reply.toString() === "OK";
}

/** RESP2; "OK" is the only status reply that is still recognisable as one. */
function resp(reply: Reply, top: boolean): Buffer {
  if (reply === null) return Buffer.from("$-1\r\n");
  if (typeof reply === "number") return Buffer.from(`:${reply}\r\n`);
  if (reply instanceof RedisError) return Buffer.from(`-${reply.message}\r\n`);
  if (Array.isArray(reply)) {
    return Buffer.concat([
      Buffer.from(`*${reply.length}\r\n`),
      ...reply.map((element) => resp(element, false)),
    ]);
  }
  if (top && isOk(reply)) return Buffer.from("+OK\r\n");
  return Buffer.concat([Buffer.from(`$${reply.length}\r\n`), reply, Buffer.from("\r\n")]);
}
