import { Redis, ReplyError, type RedisOptions } from "ioredis";
import type { Subscriber, Subscription } from "./redis-engine.ts";
import { type Command, RedisDown, RedisError, type Reply } from "./reply.ts";

/** One connection to a Redis that speaks RESP. */
export interface Client {
  call: (command: Command) => Promise<Reply>;
  multi: (commands: readonly Command[]) => Promise<Reply[] | RedisError>;
  subscribe: (subscriber: Subscriber) => Promise<Subscription>;
  close: () => void | Promise<void>;
}

export type Address = { path: string } | { url: string };

/** Longest time until a Redis accepts connections. */
const CONNECT_WITHIN_MS = 10_000;
const RETRY_MS = { step: 20, most: 1_000 };

const OPTIONS: RedisOptions = {
  lazyConnect: true,
  enableOfflineQueue: false,
  autoResubscribe: false,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
  disconnectTimeout: 100,
  // By default ioredis waits as long as a server that is loading its file announces, which is rounded up to a second.
  maxLoadingRetryTime: RETRY_MS.step,
};

/**
 * ioredis looks up commands in plain objects, so names of inherited properties would count as QUIT: afterwards it would
 * not reconnect any more.
 */
const MISTAKEN = new Set(["CONSTRUCTOR", "__PROTO__"]);

/** Connects to Redis. Retries for 10 s, or until `stillUp` reports that the server has ended. */
export async function connect(address: Address, stillUp: () => boolean): Promise<Client> {
  const redis = await ready(create(address, retryDelayMs), stillUp);
  const subscribers = new Set<Redis>();
  // Upper case: ioredis turns the reply of a lower-case `hgetall` into an object.
  const call = async ([name = "", ...args]: Command): Promise<Reply> => {
    const command = String(name).toUpperCase();
    if (MISTAKEN.has(command)) return new RedisError(`ERR unknown command '${command}'`);
    return redis.callBuffer(command, ...args).then(toReply, toRefusal);
  };
  return {
    call,
    async multi(commands) {
      // One tick, one connection: no other caller's commands come in between.
      const replies = [["MULTI"], ...commands, ["EXEC"]].map((command) => call(command));
      const executed = (await Promise.all(replies)).at(-1);
      if (Array.isArray(executed) || executed instanceof RedisError) return executed;
      throw new RedisDown("redis did not execute the transaction");
    },
    subscribe(subscriber) {
      const connection = create(address, () => null);
      subscribers.add(connection);
      connection.once("end", () => subscribers.delete(connection));
      return subscribe(connection, subscriber);
    },
    close() {
      for (const connection of [redis, ...subscribers]) connection.disconnect();
    },
  };
}

function create(address: Address, retryStrategy: (attempt: number) => number | null): Redis {
  const options = { ...OPTIONS, retryStrategy };
  const redis =
    "url" in address ? new Redis(address.url, options) : new Redis({ ...options, ...address });
  redis.on("error", () => {}); // the caller of each command gets the error
  redis.on("connect", () => containParser(redis));
  return redis;
}

/**
 * ioredis parses replies recursively: a script's tables, nested about 5,000 deep, exhaust the stack in a socket's event
 * handler, and an uncaught error there ends the process. With this handler such a reply only costs the connection, in
 * place of which ioredis opens another one.
 */
function containParser({ stream }: Redis): void {
  for (const parse of stream.listeners("data")) {
    stream.off("data", parse as (chunk: Buffer) => void);
    stream.prependListener("data", (chunk: Buffer) => {
      try {
        parse.call(stream, chunk);
      } catch (error) {
        stream.destroy(error instanceof Error ? error : new Error(String(error)));
      }
    });
  }
}

function retryDelayMs(attempt: number): number {
  return Math.min(attempt * RETRY_MS.step, RETRY_MS.most);
}

async function ready(redis: Redis, stillUp: () => boolean): Promise<Redis> {
  const deadline = Date.now() + CONNECT_WITHIN_MS;
  const { promise, resolve, reject } = Promise.withResolvers<Redis>();
  let cause: unknown;
  redis.on("error", (error) => {
    cause = error;
  });
  redis.once("ready", () => resolve(redis));
  redis.on("close", () => {
    if (stillUp() && Date.now() < deadline) return;
    reject(new RedisDown("no Redis accepts connections", { cause }));
  });
  redis.connect().catch(() => {}); // tried again until the deadline
  try {
    return await promise;
  } catch (error) {
    redis.disconnect();
    throw error;
  }
}

async function subscribe(redis: Redis, subscriber: Subscriber): Promise<Subscription> {
  const { kind, channels, onMessage, onEnd } = subscriber;
  redis.on("messageBuffer", (channel: Buffer, payload: Buffer) =>
    onMessage({ channel, payload, pattern: undefined }),
  );
  redis.on("pmessageBuffer", (pattern: Buffer | string, channel: Buffer, payload: Buffer) =>
    onMessage({ channel, payload, pattern: Buffer.from(pattern) }),
  );
  try {
    await redis.connect();
    await redis[kind](...channels);
  } catch (error) {
    redis.disconnect();
    throw new RedisDown("cannot subscribe", { cause: error });
  }
  redis.once("end", onEnd);
  return { close: () => redis.disconnect() };
}

function toReply(reply: unknown): Reply {
  if (Array.isArray(reply)) return reply.map(toReply);
  if (reply instanceof Error) return new RedisError(reply.message);
  if (reply === null || typeof reply === "number" || Buffer.isBuffer(reply)) return reply;
  throw new TypeError(`unexpected reply from Redis: ${typeof reply}`);
}

function toRefusal(error: Error): RedisError {
  if (error instanceof ReplyError) return new RedisError(error.message);
  throw new RedisDown("Redis is not reachable", { cause: error });
}
