import { CacheError } from "../errors.ts";

/** Texts, one for each of `count` keys; null for what is missing, empty or damaged. */
export function textsIn(operation: string, reply: unknown, count: number): (string | null)[] {
  if (!Array.isArray(reply) || reply.length !== count) throw unreadable(operation);
  return reply.map((value) => (typeof value === "string" && value !== "" ? value : null));
}

/** A reply with another shape than the command's: the store, or a proxy before it, is wrong. */
export function unreadable(operation: string): CacheError {
  return new CacheError("store_failed", `${operation}: the answer cannot be read`);
}
