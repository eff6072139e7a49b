import type { Intercept } from "@algoitny/local/upstash/start";
import { COMMIT, LEASE, RELEASE, SOFT_BUMP } from "../../packages/cache/src/stores/scripts.ts";

/** A request to the store by what it is for; a look also asks for stamps, a poll for the lease too. */
export type Step = "look" | "lease" | "commit" | "release" | "expire" | "other";

type Command = Parameters<Intercept>[0][number];

const SCRIPTS = new Map<string, Step>([
  [LEASE, "lease"],
  [COMMIT, "commit"],
  [RELEASE, "release"],
  [SOFT_BUMP, "expire"],
]);

export function stepOf([name, first]: Command): Step {
  switch (String(name).toUpperCase()) {
    case "MGET":
      return "look";
    case "EVAL":
      return SCRIPTS.get(String(first)) ?? "other";
    default:
      return "other";
  }
}

type Many = readonly [string, string, string, ...string[]];

/** KEYS and ARGV of a lease or commit. */
export function scriptCall([, , count, ...rest]: Command): [keys: Many, args: Many] {
  const words = rest.map(String);
  const keys = words.splice(0, Number(count));
  return [keys, words] as unknown as [Many, Many];
}

/** One request, stopped on its way to Redis (`before`) or back (`after`). */
export interface Hold {
  hook: Intercept;
  /** Resolves when the request has come to where it is held. */
  reached: Promise<void>;
  letGo(): void;
}

/** Holds the first request that is `step`; all others pass. */
export function holdStep(step: Step, when: "before" | "after"): Hold {
  const reached = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  let isTaken = false;
  const hook: Intercept = async (commands, run) => {
    if (isTaken || !commands.some((command) => stepOf(command) === step)) return run();
    isTaken = true;
    if (when === "before") {
      reached.resolve();
      await released.promise;
      return run();
    }
    const replies = await run();
    reached.resolve();
    await released.promise;
    return replies;
  };
  return { hook, reached: reached.promise, letGo: released.resolve };
}
