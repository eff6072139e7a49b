import { Buffer } from "node:buffer";
import type { CommitRequest, LeaseRequest } from "../store.ts";

/**
 * Highest number of entries, names and bytes of entries' texts in one script: a larger one would block the store for
 * more than a few ms, or its request would be too large.
 */
const MOST = { entries: 100, names: 1_000, bytes: 1024 * 1024 };

/** Splits a batch of leases or commits into parts of bounded size; an element beyond a bound is a part of its own. */
export function chunks<Request extends LeaseRequest | CommitRequest>(
  requests: readonly Request[],
): Request[][] {
  const parts: Request[][] = [];
  let names = new Set<string>();
  let bytes = 0;
  for (const request of requests) {
    const own = [request.entryKey, request.leaseKey, ...request.stamps.map(({ key }) => key)];
    const size = "rest" in request ? Buffer.byteLength(request.rest) : 0;
    const added = own.filter((name) => !names.has(name)).length;
    const part = parts.at(-1);
    const isFull =
      part === undefined ||
      part.length === MOST.entries ||
      names.size + added > MOST.names ||
      bytes + size > MOST.bytes;
    if (isFull) {
      parts.push([request]);
      names = new Set(own);
      bytes = size;
    } else {
      part.push(request);
      for (const name of own) names.add(name);
      bytes += size;
    }
  }
  return parts;
}
