import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("container-main.ts", import.meta.url));

interface Reply {
  id: number;
  loaded: string[];
  links: string[];
  result?: unknown;
  error?: string;
}

export interface Container {
  /** Runs the handler; rejects with its error, or with the output of a process that has ended. */
  invoke(event: unknown): Promise<unknown>;
  /** Files of the bundle that have been loaded so far. */
  loaded(): readonly string[];
  /** Links that have been read so far. */
  links(): readonly string[];
  /** Number of times that the handler has answered without an error. */
  answers(): number;
  /** Output of the function. */
  output(): string;
  close(): Promise<void>;
}

/** Starts a deployed bundle in a separate process, with the environment that Lambda would give it and no other. */
export function startContainer(folder: string, env: Record<string, string>): Container {
  const child = fork(MAIN, { cwd: folder, env, stdio: ["ignore", "pipe", "pipe", "ipc"] });
  const waiting = new Map<number, (reply: Reply) => void>();
  let loaded: readonly string[] = [];
  let links: readonly string[] = [];
  let output = "";
  let lastId = 0;
  let answers = 0;
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (part) => (output += part));

  const ended = new Promise<never>((_, reject) => {
    child.once("exit", (code) => reject(new Error(`the function ended (${code}): ${output}`)));
  });
  ended.catch(() => {});
  const ready = new Promise<Reply>((resolve) => waiting.set(0, resolve));
  child.on("message", (reply: Reply) => {
    loaded = reply.loaded;
    links = reply.links;
    waiting.get(reply.id)?.(reply);
  });

  return {
    async invoke(event) {
      await Promise.race([ready, ended]);
      const id = ++lastId;
      const answered = new Promise<Reply>((resolve) => waiting.set(id, resolve));
      child.send({ id, event });
      const { result, error } = await Promise.race([answered, ended]);
      waiting.delete(id);
      if (error !== undefined) throw new Error(error);
      answers += 1;
      return result;
    },
    loaded: () => loaded,
    links: () => links,
    answers: () => answers,
    output: () => output,
    async close() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGKILL");
      await gone;
    },
  };
}
