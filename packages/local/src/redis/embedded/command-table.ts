import type { Bytes, Raw } from "./bytes.ts";
import type { Keyspace } from "./redis-keyspace.ts";

/** A command; the number of its arguments has been checked, their content has not. Throws a RedisError. */
export type Run = (keyspace: Keyspace, args: readonly Bytes[]) => Raw;

/** Commands by their names in upper case. */
export type CommandTable = Readonly<Record<string, Run>>;
