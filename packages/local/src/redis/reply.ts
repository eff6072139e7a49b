export type Argument = string | Buffer;

/** Name and arguments; strings are sent as UTF-8. */
export type Command = readonly Argument[];

/** A RESP2 reply. Status replies are byte strings like any other. */
export type Reply = Buffer | number | null | RedisError | Reply[];

/** Redis refused a command: a reply like others. `message` is its text, such as `ERR syntax error`. */
export class RedisError extends Error {
  override readonly name = "RedisError";
}

/** The engine is stopped or unreachable, or ended before it answered. */
export class RedisDown extends Error {
  override readonly name = "RedisDown";
}
