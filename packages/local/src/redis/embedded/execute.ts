import commandTable from "@ioredis/commands/built/commands.json" with { type: "json" };
import { RedisError } from "../reply.ts";
import { wrongArguments } from "./arguments.ts";
import type { Bytes, Raw } from "./bytes.ts";
import type { CommandTable } from "./command-table.ts";
import { hashes } from "./hashes.ts";
import { keys } from "./key-commands.ts";
import type { Keyspace } from "./redis-keyspace.ts";
import { lists } from "./lists.ts";
import { scans } from "./scan-command.ts";
import { sets } from "./sets.ts";
import { sortedSetRanges } from "./sorted-set-ranges.ts";
import { sortedSets } from "./sorted-sets.ts";
import { bits, strings } from "./string-commands.ts";

export type Execute = (command: readonly Bytes[]) => Raw;

export interface Commands {
  /** Runs a command at once; never throws. */
  execute: Execute;
  /** The error with which Redis refuses to queue a command in a transaction; null when it can be queued. */
  refusal: (command: readonly Bytes[]) => RedisError | null;
}

/** Redis's commands with their arities, and flags such as `noscript`. */
const KNOWN: ReadonlyMap<string, { arity: number; flags: readonly string[] }> = new Map(
  Object.entries(commandTable),
);

/** Commands on data. The embedded Redis has no others, except those that `createCommands` is given. */
const DATA_COMMANDS: CommandTable = {
  ...strings,
  ...bits,
  ...lists,
  ...hashes,
  ...sets,
  ...sortedSets,
  ...sortedSetRanges,
  ...keys,
  ...scans,
};

/** All commands on one keyspace; `more` are those that use more than the data. */
export function createCommands(keyspace: Keyspace, more: CommandTable): Commands {
  const runs = new Map(Object.entries({ ...DATA_COMMANDS, ...more }));
  const execute: Execute = ([spelling = "", ...args]) => {
    const refused = refusal([spelling, ...args]);
    if (refused !== null) return refused;
    const name = spelling.toUpperCase();
    const run = runs.get(name);
    if (run === undefined)
      return new RedisError(`ERR the embedded Redis has no '${name}': use redis-server`);
    try {
      return run(keyspace, args);
    } catch (error) {
      return error instanceof RedisError ? error : new RedisError(`ERR ${String(error)}`);
    }
  };
  return { execute, refusal };
}

/** The error for a script that calls a command which only clients may call, or, in a read-only script, one that writes. */
export function scriptRefusal(
  [name = ""]: readonly Bytes[],
  readOnly: boolean,
): RedisError | undefined {
  const flags = KNOWN.get(name.toLowerCase())?.flags ?? [];
  // SCRIPT and CONFIG are refused as a whole: the table has no flags for their subcommands.
  if (flags.includes("noscript") || /^(script|config)$/i.test(name))
    return new RedisError("ERR This Redis command is not allowed from script");
  // Redis counts PUBLISH as a write, because it is sent to replicas.
  const writes = flags.includes("write") || /^publish$/i.test(name);
  if (!readOnly || !writes) return undefined;
  return new RedisError("ERR Write commands are not allowed from read-only scripts.");
}

function refusal([spelling = "", ...args]: readonly Bytes[]): RedisError | null {
  const name = spelling.toLowerCase();
  const arity = KNOWN.get(name)?.arity;
  if (arity === undefined) {
    const beginning = args.map((arg) => `'${arg}' `).join("");
    // A line break would end the reply in RESP.
    const text = `ERR unknown command '${spelling}', with args beginning with: ${beginning}`;
    return new RedisError(text.replaceAll(/[\r\n]/g, " "));
  }
  const given = args.length + 1;
  const isRight = arity < 0 ? given >= -arity : given === arity;
  return isRight ? null : wrongArguments(name);
}
