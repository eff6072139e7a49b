import type { BumpRequest, LeaseRequest } from "../store.ts";

/**
 * The same requests for another try, after one whose fate is unknown. Every stamp that they bring is a new one: the first
 * try may still arrive, and must not bring back a stamp that entries already carry and that was replaced meanwhile.
 */
export function repeatedBump(request: BumpRequest): BumpRequest {
  const stamps = request.stamps.map(({ key, stamp }) => ({ key, stamp: renewed(stamp) }));
  return { ...request, stamps };
}

/** It also has a token of its own, which takes the lease from the first try's: granted late, that one opens nothing. */
export function repeatedLease(request: LeaseRequest): LeaseRequest {
  const { token, freshStamps } = request;
  const own = { token: renewed(token), formerToken: token, freshStamps: freshStamps.map(renewed) };
  return { ...request, ...own };
}

function renewed(unique: string): string {
  return `${unique}'`;
}
