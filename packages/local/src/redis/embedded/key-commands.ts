import { RedisError } from "../reply.ts";
import { integer } from "./arguments.ts";
import type { Bytes, Raw } from "./bytes.ts";
import type { Keyspace } from "./redis-keyspace.ts";
import type { Mended } from "./string-commands.ts";

/** Expiry and the server's own commands, mended. */
export const keys: Record<string, Mended> = {
  EXPIRE: expireBy((seconds) => Date.now() + seconds * 1_000),
  PEXPIRE: expireBy((ms) => Date.now() + ms),
  EXPIREAT: expireBy((seconds) => seconds * 1_000),
  PEXPIREAT: expireBy((ms) => ms),
  TTL: (keyspace, [key = ""]) => {
    const leftMs = timeLeftMs(keyspace, key);
    return leftMs < 0 ? leftMs : Math.floor((leftMs + 500) / 1_000);
  },
  PTTL: (keyspace, [key = ""]) => timeLeftMs(keyspace, key),
  TIME: () => {
    const nowMs = Date.now();
    return [String(Math.floor(nowMs / 1_000)), String((nowMs % 1_000) * 1_000)];
  },
  INFO: ({ data }) =>
    `# Server\r\nredis_version:7.0.0\r\nredis_mode:standalone\r\n\r\n# Keyspace\r\ndb0:keys=${data.keys().length}\r\n`,
  COMMAND: () => [],
};

function timeLeftMs({ data, expires }: Keyspace, key: Bytes): number {
  if (!data.has(key)) return -2;
  return expires.has(key) ? expires.get(key) - Date.now() : -1;
}

/** When a flag lets the new moment take the place of the old one; a key without one never goes. */
const ALLOWED: Record<string, (atMs: number, oldMs: number) => boolean> = {
  NX: (_, oldMs) => oldMs === Infinity,
  XX: (_, oldMs) => oldMs !== Infinity,
  GT: (atMs, oldMs) => atMs > oldMs,
  LT: (atMs, oldMs) => atMs < oldMs,
};

function expireBy(toUnixMs: (amount: number) => number): Mended {
  return ({ data, expires }, [key = "", amount, ...flags]): Raw => {
    const atMs = toUnixMs(integer(amount));
    const rules = flags.map((flag) => {
      const rule = ALLOWED[flag.toUpperCase()];
      if (rule === undefined) throw new RedisError(`ERR Unsupported option ${flag}`);
      return rule;
    });
    if (!data.has(key)) return 0;
    const oldMs = expires.has(key) ? expires.get(key) : Infinity;
    if (!rules.every((allows) => allows(atMs, oldMs))) return 0;
    if (atMs <= Date.now()) data.delete(key);
    else expires.set(key, atMs);
    return 1;
  };
}
