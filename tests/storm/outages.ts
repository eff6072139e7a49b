import type { Moments } from "./register.ts";

interface Outage {
  since: number;
  ended: number;
}

/** Periods for which the configuration promises less than "never stale": an answer may then be as old as the period's start. */
export interface Outages {
  /** Begins a period in which answers may be as old as the given moment; the returned function ends it. */
  begin(since?: number): () => void;
  /** Oldest moment that the answer of a read may show; the read began at `from` and has just ended. */
  earliest(from: number): number;
}

export function createOutages(moments: Moments): Outages {
  const outages: Outage[] = [];
  return {
    begin(since = moments.next()) {
      const outage = { since, ended: Infinity };
      outages.push(outage);
      return () => {
        outage.ended = moments.next();
      };
    },
    earliest: (from) =>
      Math.min(from, ...outages.filter(({ ended }) => ended > from).map(({ since }) => since)),
  };
}
