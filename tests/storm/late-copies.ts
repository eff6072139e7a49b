import type { CloudOptions } from "@algoitny/local/cloud";

type Intercept = NonNullable<CloudOptions["intercept"]>;

/** Share of the requests to Redis, apart from plain reads, that arrive a second time. */
const SHARE = 0.05;

/** Longest delay of a copy: 5 s. */
const LATEST_MS = 5_000;

const READS = new Set(["MGET", "GET", "HMGET", "ZREVRANGE", "EXISTS"]);

/** Delivers some requests to Redis a second time, later, as a network that repeats unacknowledged packets may. */
export function createLateCopies(random: () => number) {
  const waiting = new Set<NodeJS.Timeout>();
  let delivered = 0;
  const intercept: Intercept = async (commands, run) => {
    const isRead = commands.every(([name]) => READS.has(String(name).toUpperCase()));
    if (!isRead && random() < SHARE) {
      const timer = setTimeout(() => {
        waiting.delete(timer);
        delivered += 1;
        void run().catch(() => undefined);
      }, random() * LATEST_MS);
      waiting.add(timer);
    }
    return run();
  };
  return {
    intercept,
    delivered: () => delivered,
    [Symbol.dispose]() {
      for (const timer of waiting) clearTimeout(timer);
    },
  };
}
