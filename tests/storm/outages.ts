import type { Moments } from "./register.ts";

interface Outage {
  since: number;
  ended: number;
}

/** Times for which the configuration promises less than "never stale": an answer may then be as of any moment since their start. */
export interface Outages {
  /** Begins one, of which answers may be as old as a moment; the function that is returned ends it. */
  begin(since?: number): () => void;
  /** As of which moment the answer of a read that began at `from`, and is over now, may be. */
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
