/** The one method that a store needs of a Redis client: it sends a command and returns the answer. */
export interface RedisPort {
  /** Rejects with an Error when the server refuses the command or does not answer. */
  send(command: readonly string[], route: CommandRoute): Promise<unknown>;
  /** True if keys are spread over nodes: then a cache's prefix needs a hash tag. */
  readonly cluster?: boolean | undefined;
}

/** Routing of a command. */
export interface CommandRoute {
  /** A key of the command: clients of a cluster find the node by it. */
  readonly key: string | undefined;
  /**
   * True if a replica may answer, which only an `MGET` allows; the primary must answer scripts, also those of looks.
   */
  readonly readOnly: boolean;
}
