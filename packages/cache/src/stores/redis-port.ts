/** The one thing that a store needs of a Redis client: it sends a command and hands back the answer. */
export interface RedisPort {
  /** Rejects with an Error when the server refuses the command or does not answer. */
  send(command: readonly string[], route: CommandRoute): Promise<unknown>;
  /** True when names are spread over nodes: then a cache's prefix needs a hash tag. */
  readonly cluster?: boolean | undefined;
}

/** Routing of a command. */
export interface CommandRoute {
  /** A name that the command is about: clients of a cluster find the node by it. */
  readonly key: string | undefined;
  readonly readOnly: boolean;
}
