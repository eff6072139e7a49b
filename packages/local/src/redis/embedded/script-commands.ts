import { createHash } from "node:crypto";
import { RedisError } from "../reply.ts";
import { integer } from "./arguments.ts";
import { type Bytes, type Raw, toBuffer } from "./bytes.ts";
import type { CommandTable, Run } from "./command-table.ts";
import type { Lua } from "./lua.ts";

/** Flags that are allowed in a script's first line, such as `#!lua flags=no-writes`. */
const FLAGS = ["no-writes", "allow-oom", "allow-stale", "no-cluster", "allow-cross-slot-keys"];

/** EVAL, EVALSHA and SCRIPT. */
export function createScripts(lua: () => Lua): CommandTable {
  /** Digest → whether the script's first line lets it write; undefined for a script without such a line. */
  const known = new Map<string, { writes: boolean | undefined }>();
  const remember = (script: Bytes): string => {
    const sha = createHash("sha1").update(toBuffer(script)).digest("hex");
    const flags = flagsOf(script);
    const error = lua().compile(sha, script);
    if (error !== null) throw error;
    known.set(sha, { writes: flags && !flags.includes("no-writes") });
    return sha;
  };
  const run = (sha: string, [count, ...args]: readonly Bytes[], readOnly: boolean): Raw => {
    const keyCount = integer(count);
    if (keyCount > args.length)
      throw new RedisError("ERR Number of keys can't be greater than number of args");
    if (keyCount < 0) throw new RedisError("ERR Number of keys can't be negative");
    const { writes } = known.get(sha) ?? {};
    if (writes && readOnly)
      throw new RedisError("ERR Can not execute a script with write flag using *_ro command.");
    const isReadOnly = readOnly || writes === false;
    return lua().run(sha, {
      keys: args.slice(0, keyCount),
      args: args.slice(keyCount),
      readOnly: isReadOnly,
    });
  };
  const evaluate =
    (readOnly: boolean): Run =>
    (_, [script = "", ...rest]) =>
      run(remember(script), rest, readOnly);
  const evaluateSha =
    (readOnly: boolean): Run =>
    (_, [sha = "", ...rest]) => {
      if (!known.has(sha.toLowerCase()))
        throw new RedisError("NOSCRIPT No matching script. Please use EVAL.");
      return run(sha.toLowerCase(), rest, readOnly);
    };
  const subcommands: Readonly<Record<string, (args: readonly Bytes[]) => Raw>> = {
    LOAD: ([script = ""]) => remember(script),
    EXISTS: (shas) => shas.map((sha) => Number(known.has(sha.toLowerCase()))),
    FLUSH: () => {
      known.clear();
      return "OK";
    },
  };
  return {
    EVAL: evaluate(false),
    EVAL_RO: evaluate(true),
    EVALSHA: evaluateSha(false),
    EVALSHA_RO: evaluateSha(true),
    SCRIPT: (_, [name = "", ...args]) => {
      const subcommand = subcommands[name.toUpperCase()];
      if (subcommand === undefined)
        throw new RedisError(`ERR unknown subcommand '${name}'. Try SCRIPT HELP.`);
      return subcommand(args);
    },
  };
}

/**
 * The flags of a script's first line; undefined without such a line; throws for an engine or a flag that Redis does not know.
 */
function flagsOf(script: Bytes): readonly string[] | undefined {
  if (!script.startsWith("#!")) return undefined;
  const [line = ""] = script.split("\n", 1);
  const [engine = "", ...options] = line.split(" ").filter((word) => word !== "");
  if (engine !== "#!lua")
    throw new RedisError(`ERR Unexpected engine in script shebang: ${engine}`);
  return options.flatMap((option) => {
    if (!option.startsWith("flags="))
      throw new RedisError(`ERR Unknown lua shebang option: ${option}`);
    const flags = option
      .slice("flags=".length)
      .split(",")
      .filter((flag) => flag !== "");
    const unknown = flags.find((flag) => !FLAGS.includes(flag));
    if (unknown !== undefined)
      throw new RedisError(`ERR Unexpected flag in script shebang: ${unknown}`);
    return flags;
  });
}
