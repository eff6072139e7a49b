import { RedisError } from "../reply.ts";
import { momentMs, NO_SUCH_KEY, syntaxError } from "./arguments.ts";
import type { Bytes } from "./bytes.ts";
import type { CommandTable, Run } from "./command-table.ts";
import { globTest } from "./glob.ts";
import type { Keyspace } from "./redis-keyspace.ts";
import { randomElements } from "./random-elements.ts";

const countOf =
  (test: (keyspace: Keyspace, key: Bytes) => boolean): Run =>
  (keyspace, keys) =>
    keys.filter((key) => test(keyspace, key)).length;

const remove = countOf((keyspace, key) => keyspace.delete(key));
const exists = countOf((keyspace, key) => keyspace.has(key));

/** Keys of any type. */
export const keys: CommandTable = {
  DEL: remove,
  UNLINK: remove,
  EXISTS: exists,
  TOUCH: exists,
  TYPE: (keyspace, [key = ""]) => keyspace.typeOf(key) ?? "none",
  RENAME: (keyspace, [from = "", to = ""]) => {
    if (!keyspace.has(from)) throw new RedisError(NO_SUCH_KEY);
    keyspace.move(from, to);
    return "OK";
  },
  RENAMENX: (keyspace, [from = "", to = ""]) => {
    if (!keyspace.has(from)) throw new RedisError(NO_SUCH_KEY);
    if (keyspace.has(to)) return 0;
    keyspace.move(from, to);
    return 1;
  },
  KEYS: (keyspace, [pattern = ""]) => {
    const matching = globTest(pattern);
    return keyspace.keys().filter((key) => matching(key));
  },
  RANDOMKEY: (keyspace) => randomElements(keyspace.keys(), undefined)?.[0] ?? null,
  DBSIZE: (keyspace) => keyspace.keys().length,
  FLUSHDB: flush,
  FLUSHALL: flush,

  EXPIRE: expireBy("EX", "expire"),
  PEXPIRE: expireBy("PX", "pexpire"),
  EXPIREAT: expireBy("EXAT", "expireat"),
  PEXPIREAT: expireBy("PXAT", "pexpireat"),
  PERSIST: (keyspace, [key = ""]) => {
    if (keyspace.expiryOf(key) === undefined) return 0;
    keyspace.expireAt(key, undefined);
    return 1;
  },
  TTL: leftBy((atMs, nowMs) => Math.floor((atMs - nowMs + 500) / 1_000)),
  PTTL: leftBy((atMs, nowMs) => atMs - nowMs),
  EXPIRETIME: leftBy((atMs) => Math.floor((atMs + 500) / 1_000)),
  PEXPIRETIME: leftBy((atMs) => atMs),
};

function flush(keyspace: Keyspace, [mode = "SYNC", ...others]: readonly Bytes[]): Bytes {
  if (others.length > 0 || !/^(?:A?SYNC)$/i.test(mode)) throw syntaxError();
  keyspace.clear();
  return "OK";
}

/** -2 for an absent key, -1 for a key without an expiry. */
function leftBy(answer: (atMs: number, nowMs: number) => number): Run {
  return (keyspace, [key = ""]) => {
    if (!keyspace.has(key)) return -2;
    const atMs = keyspace.expiryOf(key);
    return atMs === undefined ? -1 : answer(atMs, keyspace.now());
  };
}

/**
 * Decides by the flag (NX, XX, GT, LT) whether the new expiry replaces the old one. For GT and LT a key without an expiry
 * counts as one that expires last.
 */
const ALLOWED: Readonly<Record<string, (atMs: number, oldMs: number) => boolean>> = {
  NX: (_, oldMs) => oldMs === Infinity,
  XX: (_, oldMs) => oldMs !== Infinity,
  GT: (atMs, oldMs) => atMs > oldMs,
  LT: (atMs, oldMs) => atMs < oldMs,
};

function expireBy(option: string, command: string): Run {
  return (keyspace, [key = "", amount, ...flags]) => {
    const rules = rulesOf(flags);
    const atMs = momentMs(option, amount, { command, nowMs: keyspace.now() });
    if (!keyspace.has(key)) return 0;
    const oldMs = keyspace.expiryOf(key) ?? Infinity;
    if (!rules.every((allows) => allows(atMs, oldMs))) return 0;
    if (atMs <= keyspace.now()) keyspace.delete(key);
    else keyspace.expireAt(key, atMs);
    return 1;
  };
}

function rulesOf(flags: readonly Bytes[]) {
  const names = new Set(flags.map((flag) => flag.toUpperCase()));
  const rules = flags.map((flag) => {
    const rule = ALLOWED[flag.toUpperCase()];
    if (rule === undefined) throw new RedisError(`ERR Unsupported option ${flag}`);
    return rule;
  });
  if (names.has("NX") && names.size > 1)
    throw new RedisError("ERR NX and XX, GT or LT options at the same time are not compatible");
  if (names.has("GT") && names.has("LT"))
    throw new RedisError("ERR GT and LT options at the same time are not compatible");
  return rules;
}
