import type { Command, RedisError, Reply } from "./reply.ts";

/** A Redis that can be stopped and started again, to rehearse an outage. */
export interface RedisEngine extends AsyncDisposable {
  /** Name and version for the banner: `redis-server 7.0.15`. */
  readonly name: string;
  readonly engine: "server" | "embedded" | "url";
  /** Runs one command; calls of one tick run in the order of the calls. Rejects only with `RedisDown`. */
  call: (command: Command) => Promise<Reply>;
  /** Runs the commands in one transaction; a single error if Redis discarded it. */
  multi: (commands: readonly Command[]) => Promise<Reply[] | RedisError>;
  subscribe: (subscriber: Subscriber) => Promise<Subscription>;
  /**
   * Simulates an outage: every call is refused until `start`. Data is lost, except with `url`, or with `dataDir` in
   * redis-server.
   */
  stop: () => Promise<void>;
  start: () => Promise<void>;
  close: () => Promise<void>;
}

export interface Subscriber {
  kind: "subscribe" | "psubscribe";
  /** Channels, or patterns for `psubscribe`. */
  channels: readonly string[];
  onMessage: (message: { channel: Buffer; payload: Buffer; pattern: Buffer | undefined }) => void;
  /** Called when the connection has ended: no more messages come. */
  onEnd: () => void;
}

export interface Subscription {
  close: () => void;
}
