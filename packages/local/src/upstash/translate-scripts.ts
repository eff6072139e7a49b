import { createHash } from "node:crypto";
import type { Argument, Command, Reply } from "../redis/reply.ts";
import { withoutKeyLocking } from "./key-locking.ts";

/** Turns scripts written for Upstash, and their digests, into ones that plain Redis accepts. */
export interface Scripts {
  /** The command for the engine, and a function that converts the engine's reply for the client. */
  translate: (command: Command) => { command: Command; reply?: (reply: Reply) => Reply };
}

/** Redis 7 refuses a script with the flag `allow-key-locking`, which only Upstash has. */
export function createScripts(): Scripts {
  const engineShas = new Map<string, string>();
  /** Adapted scripts by their original text; none is dropped, since a client may send a digest at any time. */
  const known = new Map<string, string>();
  const adapt = (script: Argument): Argument => {
    const text = String(script);
    const adapted = known.get(text) ?? withoutKeyLocking(text);
    if (adapted === text) return script;
    if (!known.has(text)) engineShas.set(sha1(text), sha1(adapted));
    known.set(text, adapted);
    return adapted;
  };
  const engineSha = (sha: Argument): Argument => engineShas.get(String(sha).toLowerCase()) ?? sha;
  return {
    translate(command) {
      const [name = "", first = "", ...rest] = command;
      switch (String(name).toUpperCase()) {
        case "EVAL":
        case "EVAL_RO":
          return { command: [name, adapt(first), ...rest] };
        case "EVALSHA":
        case "EVALSHA_RO":
          return { command: [name, engineSha(first), ...rest] };
        case "SCRIPT":
          return translateScript(command, adapt, engineSha);
        default:
          return { command };
      }
    },
  };
}

function translateScript(
  command: Command,
  adapt: (script: Argument) => Argument,
  engineSha: (sha: Argument) => Argument,
): ReturnType<Scripts["translate"]> {
  const [name = "", subcommand = "", ...args] = command;
  const word = String(subcommand).toUpperCase();
  if (word === "EXISTS") return { command: [name, subcommand, ...args.map(engineSha)] };
  const [script] = args;
  if (word !== "LOAD" || script === undefined) return { command };
  const digest = Buffer.from(sha1(String(script)));
  return {
    command: [name, subcommand, adapt(script), ...args.slice(1)],
    reply: (reply) => (Buffer.isBuffer(reply) ? digest : reply),
  };
}

function sha1(text: string): string {
  return createHash("sha1").update(text).digest("hex");
}
