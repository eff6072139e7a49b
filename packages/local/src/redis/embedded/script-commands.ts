import { createHash } from "node:crypto";
import { RedisError } from "../reply.ts";
import { integer } from "./arguments.ts";
import { type Bytes, type Raw, toBuffer } from "./bytes.ts";
import type { Lua } from "./lua.ts";
import type { Mended } from "./string-commands.ts";

/** EVAL, EVALSHA and SCRIPT; ioredis-mock's own lose empty strings and nils, and it has no SCRIPT. */
export function createScripts(lua: () => Lua): Record<string, Mended> {
  const known = new Set<string>();
  const remember = (script: Bytes): string => {
    const sha = createHash("sha1").update(toBuffer(script)).digest("hex");
    const error = lua().compile(sha, script);
    if (error !== null) throw error;
    known.add(sha);
    return sha;
  };
  const run = (sha: string, [count, ...args]: Bytes[]): Raw => {
    const keys = integer(count);
    if (keys < 0) throw new RedisError("ERR Number of keys can't be negative");
    if (keys > args.length)
      throw new RedisError("ERR Number of keys can't be greater than number of args");
    return lua().run(sha, args.slice(0, keys), args.slice(keys));
  };
  const evaluate: Mended = (_, [script = "", ...rest]) => run(remember(script), rest);
  const evaluateSha: Mended = (_, [sha = "", ...rest]) => {
    if (!known.has(sha.toLowerCase()))
      throw new RedisError("NOSCRIPT No matching script. Please use EVAL.");
    return run(sha.toLowerCase(), rest);
  };
  const subcommands: Record<string, (args: Bytes[]) => Raw> = {
    LOAD: ([script = ""]) => remember(script),
    EXISTS: (shas) => shas.map((sha) => Number(known.has(sha.toLowerCase()))),
    FLUSH: () => {
      known.clear();
      return "OK";
    },
  };
  return {
    EVAL: evaluate,
    EVAL_RO: evaluate,
    EVALSHA: evaluateSha,
    EVALSHA_RO: evaluateSha,
    SCRIPT: (_, [name = "", ...args]) => {
      const subcommand = subcommands[name.toUpperCase()];
      if (subcommand === undefined)
        throw new RedisError(`ERR unknown subcommand '${name}'. Try SCRIPT HELP.`);
      return subcommand(args);
    },
  };
}
