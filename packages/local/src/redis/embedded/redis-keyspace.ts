import { randomUUID } from "node:crypto";
import type { Redis } from "ioredis";
import type { Bytes, Raw } from "./bytes.ts";

/** A key's value as ioredis-mock keeps it: string, list, set, sorted set or hash. */
export type Value = Bytes | Bytes[] | Set<Bytes> | Map<Bytes, unknown> | Record<Bytes, Bytes>;

/** One isolated ioredis-mock: its data, its expiry times, and its commands run at once. */
export interface Keyspace {
  data: {
    get(key: Bytes): Value | undefined;
    set(key: Bytes, value: Value): void;
    has(key: Bytes): boolean;
    delete(key: Bytes): void;
    keys(): Bytes[];
  };
  /** Unix ms at which a key goes. */
  expires: {
    get(key: Bytes): number;
    set(key: Bytes, atMs: number): void;
    has(key: Bytes): boolean;
    delete(key: Bytes): void;
  };
  /** Runs ioredis-mock's own command; throws its error, undefined when it has no such command. */
  native(name: string, args: readonly Bytes[]): { reply: unknown } | undefined;
  /** A second connection, for a subscriber. */
  connect(): Redis;
}

/** What is used of ioredis-mock's insides; the version is pinned. */
interface Mock extends Redis, Pick<Keyspace, "data" | "expires"> {}
type Emulate = (...args: Bytes[]) => unknown;
type Batch = Record<string, (...args: Bytes[]) => unknown>;

/** The method by which a batch of ioredis-mock keeps a command for later. */
const KEEP = "_addTransaction";

export async function createKeyspace(): Promise<Keyspace> {
  const { default: RedisMock } = await import("ioredis-mock");
  // Instances with the same host share their data.
  const mock = new RedisMock({ host: randomUUID() }) as Mock;
  // The public methods answer with promises, but a script needs the reply at once: a batch is
  // handed each command as a function, and this one runs it instead of keeping it.
  const batch = mock.pipeline() as unknown as Batch;
  let reply: unknown;
  const runAtOnce = (emulate: Emulate, _name: string, args: Bytes[]): void => {
    reply = emulate(...args);
  };
  Object.assign(batch, { [KEEP]: runAtOnce });
  const commands = new Set(Object.keys(batch));
  return {
    data: mock.data,
    expires: mock.expires,
    native(name, args) {
      const method = name.toLowerCase();
      if (!commands.has(method)) return undefined;
      batch[method]?.(...args);
      return { reply };
    },
    connect: () => mock.duplicate(),
  };
}

/** ioredis-mock's reply in Redis's terms. */
export function toRaw(reply: unknown): Raw {
  if (reply === null || reply === undefined) return null;
  if (typeof reply === "string" || typeof reply === "number") return reply;
  if (Buffer.isBuffer(reply)) return reply.toString("latin1");
  if (Array.isArray(reply)) return reply.map(toRaw);
  if (typeof reply === "object") return Object.entries(reply).flat().map(toRaw);
  throw new TypeError(`unexpected reply from ioredis-mock: ${typeof reply}`);
}
