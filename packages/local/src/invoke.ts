import { fileURLToPath } from "node:url";
import { timeoutSeconds } from "@algoitny/functions/deployment/timeouts";
import { startInstance, type Instance } from "./runtime/instance.ts";
import { createTurns } from "./runtime/turns.ts";
import { watchTrees } from "./runtime/watch.ts";

/** Runs the `handler` of packages/functions/src/`file`.ts; rejects with the handler's error. */
export type Invoke = (file: string, event: unknown) => Promise<unknown>;

/** Time limit of each kind of function, in seconds. */
export type TimeLimits = Readonly<Record<keyof typeof timeoutSeconds, number>>;

export interface RuntimeOptions {
  env: Record<string, string>;
  /** Number of API instances, each with its own modules: 1 by default. */
  instances?: number;
  /** Folder of the functions' files; this repository's by default. */
  folder?: URL;
  /** Folders whose changes replace the instances; default: the sources of cache, core and functions. */
  watched?: readonly URL[];
  /** Time limits of the functions by their kind, in seconds: those of the deployment by default. */
  limits?: TimeLimits;
  /** Called with every line that functions write. */
  onOutput?: (line: string) => void;
  /** Called when a changed file makes the next invocation run new code. */
  onReload?: (path: string) => void;
}

export interface Runtime {
  invoke: Invoke;
  /**
   * Like `invoke`, in the API instance with this number (from 0, modulo the number of instances). Without a number, the
   * instances take turns.
   */
  invokeApi(file: string, event: unknown, instance?: number): Promise<unknown>;
  /** Loads functions' modules in every instance that may run them; if a module fails to load, its invocations fail. */
  preload(files: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

const PACKAGES = new URL("../../", import.meta.url);
const FUNCTIONS = new URL("functions/src/", PACKAGES);
const WATCHED = ["cache", "core", "functions"].map((name) => new URL(`${name}/src/`, PACKAGES));

/**
 * Folder of a function's file. Functions of different kinds run in different instances: on Lambda no two functions share a
 * process, so code must not come to rely on shared memory.
 */
type Kind = keyof typeof timeoutSeconds;

function kindOf(file: string): Kind {
  const [folder = ""] = file.split("/");
  if (folder in timeoutSeconds) return folder as Kind; // oxlint-disable-line typescript/no-unsafe-type-assertion -- just checked
  throw new Error(`${file}: functions are in ${Object.keys(timeoutSeconds).join(", ")}`);
}

/**
 * Highest number of concurrent invocations in one instance; others wait, and their time limit begins when they start. An
 * execution environment of Lambda runs one at a time. Without a limit, each of 1,000 concurrent invocations takes as long as
 * all together, which exceeds its time limit.
 */
const MOST_AT_ONCE = 8;

/** Runs functions like Lambda: in instances that live on between invocations and are replaced when code changes. */
export function startRuntime(options: RuntimeOptions): Runtime {
  const {
    env,
    instances = 1,
    folder = FUNCTIONS,
    watched = WATCHED,
    limits = timeoutSeconds,
  } = options;
  const onOutput = options.onOutput ?? (() => {});
  const running = new Map<string, Instance>();
  const threads = new Set<Instance>(); // those in `running`, and replaced ones that still finish invocations
  const inTurn = createTurns(MOST_AT_ONCE);
  let closed = false;
  let nextApi = 0;

  const watcher = watchTrees(
    watched.map((url) => fileURLToPath(url)),
    (path) => {
      if (running.size === 0) return; // one reload for the many events of one save
      for (const instance of running.values()) instance.retire();
      running.clear();
      options.onReload?.(path);
    },
  );

  function instanceNamed(instanceName: string): Instance {
    const current = running.get(instanceName);
    if (current?.alive) return current;
    const started = startInstance({ folder, env, onOutput });
    running.set(instanceName, started);
    threads.add(started);
    void started.exited.then(() => threads.delete(started));
    return started;
  }

  async function run(instanceName: string, file: string, event: unknown): Promise<unknown> {
    const timeoutMs = limits[kindOf(file)] * 1000;
    return inTurn(instanceName, async () => {
      if (closed) throw new Error("the runtime is closed");
      return instanceNamed(instanceName).invoke(file, event, timeoutMs);
    });
  }

  function invokeApi(file: string, event: unknown, instance?: number): Promise<unknown> {
    nextApi = (nextApi + 1) % instances;
    return run(`http-${(instance ?? nextApi) % instances}`, file, event);
  }

  async function preload(files: readonly string[]): Promise<void> {
    const loads = files.flatMap((file) => {
      const kind = kindOf(file);
      const instanceNames =
        kind === "http" ? Array.from({ length: instances }, (_, index) => `http-${index}`) : [kind];
      return instanceNames.map((instanceName) => run(instanceName, file, undefined));
    });
    await Promise.allSettled(loads);
  }

  return {
    preload,
    invokeApi,
    async invoke(file, event) {
      const kind = kindOf(file);
      return kind === "http" ? invokeApi(file, event) : run(kind, file, event);
    },
    async close() {
      closed = true;
      watcher.close();
      await Promise.all([...threads].map((instance) => instance.close()));
    },
  };
}
