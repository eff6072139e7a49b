import type { BumpRequest, LeaseRequest } from "../store.ts";

/**
 * The same requests for another try, after one whose fate is unknown. Every stamp that they bring is a new one: the first
 * try may still arrive, and must not bring back a stamp that entries already carry and that was replaced meanwhile.
 */
export function repeatedBump(request: BumpRequest): BumpRequest {
  const stamps = request.stamps.map(({ key, stamp }) => ({ key, stamp: repeatedStamp(stamp) }));
  return { ...request, stamps };
}

export function repeatedLease(request: LeaseRequest): LeaseRequest {
  return { ...request, freshStamps: request.freshStamps.map(repeatedStamp) };
}

function repeatedStamp(stamp: string): string {
  return `${stamp}'`;
}
