import { EventEmitter } from "node:events";
import type { RedisEngine } from "../redis/redis-engine.ts";
import { type Command, RedisError, type Reply } from "../redis/reply.ts";
import { refusal } from "./availability.ts";
import { createScripts } from "./translate-scripts.ts";

/** Numbers of round trips and of billed commands. */
export interface Stats {
  requests: number;
  /** One for each command of a pipeline or transaction; one for a script, whatever it calls. */
  commands: number;
}

/**
 * Wraps Redis for a request: `run` executes the request's commands, or others instead, and may be called again later. A
 * thrown value is the fault: an `HttpError` becomes the answer, anything else drops the connection.
 */
export type Intercept = (
  commands: readonly Command[],
  run: (instead?: readonly Command[]) => Promise<Reply[] | RedisError>,
) => Promise<Reply[] | RedisError>;

export interface Runner {
  stats: () => Stats;
  /** `upstash-sync-token`: another one after every command. */
  syncToken: () => string;
  /** Emits `command` with each command, before it runs or is refused. */
  monitor: EventEmitter<{ command: [Command] }>;
  /** Runs each command separately, in order. */
  pipeline: (commands: readonly Command[]) => Promise<Reply[]>;
  /** Runs all or none; a single error if none. */
  transaction: (commands: readonly Command[]) => Promise<Reply[] | RedisError>;
  /** Counts a request that stays open. */
  count: (commands: number) => void;
}

export function createRunner(redis: RedisEngine, intercept: Intercept = (_, run) => run()): Runner {
  const counted: Stats = { requests: 0, commands: 0 };
  const scripts = createScripts();
  const monitor = new EventEmitter<{ command: [Command] }>();
  monitor.setMaxListeners(0);
  const count = (commands: number): void => {
    counted.requests += 1;
    counted.commands += commands;
  };
  const through = async (
    commands: readonly Command[],
    run: (sent: readonly Command[]) => Promise<Reply[] | RedisError>,
  ) => {
    count(commands.length);
    return await intercept(commands, async (sent = commands) => {
      for (const command of sent) monitor.emit("command", command);
      return await run(sent);
    });
  };
  const call = async (command: Command): Promise<Reply> => {
    const refused = refusal(command);
    if (refused !== undefined) return new RedisError(refused);
    const { command: translated, reply } = scripts.translate(command);
    const answer = await redis.call(translated);
    return reply ? reply(answer) : answer;
  };
  const transaction = async (commands: readonly Command[]): Promise<Reply[] | RedisError> => {
    const refused = commands.map(refusal).find((error) => error !== undefined);
    if (refused !== undefined) return new RedisError(refused);
    const translated = commands.map(scripts.translate);
    const answers = await redis.multi(translated.map(({ command }) => command));
    if (answers instanceof RedisError) return answers;
    return answers.map((answer, i) => translated[i]?.reply?.(answer) ?? answer);
  };
  return {
    stats: () => ({ ...counted }),
    syncToken: () => Buffer.from(`local:${counted.commands}`).toString("base64"),
    monitor,
    count,
    async pipeline(commands) {
      const replies = await through(commands, (sent) => Promise.all(sent.map(call)));
      return replies instanceof RedisError ? commands.map(() => replies) : replies;
    },
    transaction: (commands) => through(commands, transaction),
  };
}
