import commandTable from "@ioredis/commands/built/commands.json" with { type: "json" };
import { RedisError } from "../reply.ts";
import { WRONG_TYPE } from "./arguments.ts";
import type { Bytes, Raw } from "./bytes.ts";
import { keys } from "./key-commands.ts";
import { type Keyspace, toRaw } from "./redis-keyspace.ts";
import { scans } from "./scan-command.ts";
import { type Mended, strings } from "./string-commands.ts";
import { COMMANDS_BY_TYPE } from "./types.ts";

export type Execute = (command: readonly Bytes[]) => Raw;

export interface Commands {
  /** Runs a command at once. */
  execute: Execute;
  /** Why a command cannot even be queued; null when it can. */
  refusal: (command: readonly Bytes[]) => RedisError | null;
}

const ARITY = new Map(Object.entries(commandTable).map(([name, { arity }]) => [name, arity]));

/** ZADD's flags only count in upper case in ioredis-mock. */
const zadd: Mended = (keyspace, [key = "", ...words]) => {
  const score = words.findIndex((word) => !/^[a-z]+$/i.test(word) || /^inf$/i.test(word));
  const flags = words.slice(0, score).map((word) => word.toUpperCase());
  return toRaw(keyspace.native("zadd", [key, ...flags, ...words.slice(score)])?.reply);
};

/** Redis's commands over ioredis-mock: arguments checked, its known mistakes mended. */
export function createCommands(keyspace: Keyspace, more: Record<string, Mended>): Commands {
  const mended: Record<string, Mended> = { ...strings, ...keys, ...scans, ZADD: zadd, ...more };
  const execute: Execute = ([spelling = "", ...args]) => {
    const refused = refusal([spelling, ...args]);
    if (refused !== null) return refused;
    const name = spelling.toUpperCase();
    try {
      checkType(keyspace, name, args);
      const own = mended[name];
      if (own !== undefined) return own(keyspace, args);
      const native = keyspace.native(name, args);
      dropEmpty(keyspace, args);
      if (native !== undefined) return toRaw(native.reply);
      return new RedisError(`ERR the embedded Redis has no '${name}': use redis-server`);
    } catch (error) {
      return toRedisError(error);
    }
  };
  return { execute, refusal };
}

function refusal([spelling = "", ...args]: readonly Bytes[]): RedisError | null {
  const name = spelling.toLowerCase();
  const arity = ARITY.get(name);
  if (arity === undefined) {
    const beginning = args.map((arg) => `'${arg}' `).join("");
    return new RedisError(
      `ERR unknown command '${spelling}', with args beginning with: ${beginning}`,
    );
  }
  const given = args.length + 1;
  if (arity < 0 ? given >= -arity : given === arity) return null;
  return new RedisError(`ERR wrong number of arguments for '${name}' command`);
}

function checkType(keyspace: Keyspace, name: string, [key = ""]: Bytes[]): void {
  const expected = COMMANDS_BY_TYPE.get(name);
  if (expected === undefined || !keyspace.data.has(key)) return;
  if (keyspace.native("type", [key])?.reply !== expected) throw new RedisError(WRONG_TYPE);
}

/** ioredis-mock forgets the code of many errors. */
function toRedisError(error: unknown): RedisError {
  if (error instanceof RedisError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new RedisError(
    /^(?:ERR|WRONGTYPE|BUSYGROUP|NOGROUP) /.test(message) ? message : `ERR ${message}`,
  );
}

/** A collection that has lost its last element is no more; ioredis-mock keeps some. */
function dropEmpty({ data }: Keyspace, [key = ""]: Bytes[]): void {
  const value = data.get(key);
  const size = value instanceof Set || value instanceof Map ? value.size : undefined;
  if (size === 0 || (Array.isArray(value) && value.length === 0)) data.delete(key);
}
