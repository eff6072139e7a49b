import { RedisError } from "../reply.ts";
import type { Argument, Command, Reply } from "../reply.ts";

/**
 * A byte string: one character per byte. Lengths, ranges and comparisons of such strings are in bytes, as in Redis, and
 * binary values are preserved.
 */
export type Bytes = string;

/** Reply to a command of the embedded engine. */
export type Raw = Bytes | number | null | RedisError | Raw[];

export function toBytes(argument: Argument): Bytes {
  return Buffer.from(argument as string).toString("latin1");
}

export function toBuffer(bytes: Bytes): Buffer {
  return Buffer.from(bytes, "latin1");
}

export function encodeCommand(command: Command): Bytes[] {
  return command.map(toBytes);
}

export function decodeReply(raw: Raw): Reply {
  if (typeof raw === "string") return toBuffer(raw);
  return Array.isArray(raw) ? raw.map(decodeReply) : raw;
}
