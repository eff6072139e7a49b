import type { Intercept } from "@algoitny/local/upstash/start-upstash";
import { LOOK } from "../../packages/cache/src/stores/scripted.ts";
import { COMMIT, EXPIRE, LEASE, RELEASE } from "../../packages/cache/src/stores/scripts.ts";

/** A request to the store by its purpose; a look also asks for stamps, and the look of a waiting read for the lease. */
export type Step = "look" | "lease" | "commit" | "release" | "expire" | "delete" | "other";

export type Command = Parameters<Intercept>[0][number];

const SCRIPTS = new Map<string, Step>([
  [LOOK, "look"],
  [LEASE, "lease"],
  [COMMIT, "commit"],
  [RELEASE, "release"],
  [EXPIRE, "expire"],
]);

export function stepOf([name, first]: Command): Step {
  switch (String(name).toUpperCase()) {
    case "MGET":
      return "look";
    case "DEL":
      return "delete";
    case "EVAL":
      return SCRIPTS.get(String(first).replace(/^#![^\n]*\n/, "")) ?? "other";
    default:
      return "other";
  }
}

/** Names in a look, in order: the command is a script, or `MGET`. */
export function namesOf([name, ...args]: Command): Command {
  return String(name).toUpperCase() === "MGET" ? args : args.slice(2, 2 + Number(args[1]));
}

/** Number of entries in a command: those of its batch, else one. */
export function entriesOf(command: Command): number {
  const step = stepOf(command);
  if (step !== "lease" && step !== "commit") return 1;
  const [, , keys] = command;
  return Number(command[3 + Number(keys)]);
}

/** Parts of a commit of one entry: the values that it would write, and their names. */
export function commitOf([, , keys, _sequence, leaseKey, entryKey, ...rest]: Command) {
  const args = rest.slice(Number(keys) - 3).map(String);
  const [id = "", text = "", , lifetimeMs = "", , , , , ...rules] = args.slice(5);
  const stamps = rules
    .filter((_, index) => index % 3 === 2)
    .filter((rule) => !rule.startsWith("!"))
    .map((rule) => rule.slice(1));
  const entry = `${id}\n${stamps.join(" ")}\n${text}`;
  return { leaseKey: String(leaseKey), entryKey: String(entryKey), entry, stamps, lifetimeMs };
}

/** A request or load, stopped before (`before`) or after (`after`) it is executed. */
interface Hold {
  /** Resolves when it has reached the place where it is held. */
  reached: Promise<void>;
  letGo(): void;
  /** Resolves when it has ended after its release. */
  done: Promise<void>;
}

/** Points at which a fill can be stopped: before and after each of its requests, and at the end of its load. */
export const PLACES: readonly (readonly [Step | "load", "before" | "after"])[] = [
  ["look", "before"],
  ["look", "after"],
  ["lease", "before"],
  ["lease", "after"],
  ["load", "after"],
  ["commit", "before"],
  ["commit", "after"],
];

/** Stops fills at chosen points: their requests at `upstash`, their loads by an origin that awaits `inLoad`. */
export function fillStops(upstash: { intercept: (hook?: Intercept) => void }) {
  let load: (() => Promise<void>) | undefined;

  /** Stops the first request or load at that point; all others pass. `beneath` stands between the requests and Redis. */
  function stopAt([step, when]: (typeof PLACES)[number], beneath: Intercept = pass): Hold {
    const reached = Promise.withResolvers<void>();
    const released = Promise.withResolvers<void>();
    const done = Promise.withResolvers<void>();
    let isTaken = false;
    const stop = () => {
      reached.resolve();
      return released.promise;
    };
    load = step === "load" ? () => stop().then(done.resolve) : undefined;
    upstash.intercept(async (commands, run) => {
      if (isTaken || !commands.some((command) => stepOf(command) === step)) {
        return beneath(commands, run);
      }
      isTaken = true;
      if (when === "before") await stop();
      const replies = await beneath(commands, run);
      if (when === "after") await stop();
      done.resolve();
      return replies;
    });
    return { reached: reached.promise, letGo: released.resolve, done: done.promise };
  }

  async function inLoad(): Promise<void> {
    const stop = load;
    load = undefined;
    await stop?.();
  }

  return { stopAt, inLoad };
}

const pass: Intercept = (_, run) => run();
