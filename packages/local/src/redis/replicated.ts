import type { RedisEngine } from "./redis-engine.ts";
import { type Argument, type Command, RedisError, type Reply } from "./reply.ts";

/** A primary with a replica that lags by a number of changes, and answers the commands that Upstash's replicas answer. */
export interface Replicated extends RedisEngine {
  replica: {
    /** Sets the lag: the replica has seen all except the last `changes` changes; with Infinity it sees no further change. */
    lagBehind: (changes: number) => void;
    /** Number of commands that the replica has answered. */
    readonly answered: number;
  };
}

/** Commands that a replica answers: https://upstash.com/docs/redis/features/replication, and `EVAL_RO`'s page. */
const READS = new Set(["MGET", "SCAN", "EVAL_RO", "EVALSHA_RO"]);

/** Values of keys after a command, as the replica will receive them. */
interface Change {
  /** True if a value differs from before; a longer lifetime alone is invisible to readers. */
  readonly counts: boolean;
  readonly commands: readonly Command[];
}

/**
 * Answers reads from `copy`, which gets the primary's changes in order and late. Only strings are copied: the cache has
 * nothing else. Sync tokens are ignored.
 */
export function replicated(primary: RedisEngine, copy: RedisEngine, behind: number): Replicated {
  let lag = behind;
  let waiting: Change[] = [];
  let answered = 0;
  /** Values as of the newest change. */
  let newest = new Map<string, string | null>();

  const note = (keys: readonly Argument[], [values, ...lives]: readonly Reply[]): void => {
    const nowMs = Date.now();
    let counts = false;
    const commands = keys.map((key, index): Command => {
      const value = (values as Reply[])[index];
      const text = Buffer.isBuffer(value) ? value.toString("latin1") : null;
      counts ||= (newest.get(String(key)) ?? null) !== text;
      newest.set(String(key), text);
      if (!Buffer.isBuffer(value)) return ["DEL", key];
      const life = Number(lives[index]);
      return ["SET", key, value, ...(life > 0 ? ["PXAT", String(nowMs + life)] : [])];
    });
    waiting.push({ counts, commands });
  };

  const catchUp = async (): Promise<void> => {
    const counting = waiting.filter(({ counts }) => counts);
    // Copies the changes before the oldest one that the replica must not have seen; all changes if there is no such one.
    const firstUnseen = lag === 0 ? undefined : counting.slice(-lag)[0];
    const due = waiting.splice(0, firstUnseen ? waiting.indexOf(firstUnseen) : waiting.length);
    await Promise.all(due.flatMap(({ commands }) => commands).map((each) => copy.call(each)));
  };

  const write = async (commands: readonly Command[]): Promise<Reply[] | RedisError> => {
    const keys = [...new Map(commands.flatMap(keysOf).map((key) => [String(key), key])).values()];
    const reads: Command[] = [["MGET", ...keys], ...keys.map((key): Command => ["PTTL", key])];
    const replies = await primary.multi([...commands, ...(keys.length > 0 ? reads : [])]);
    if (replies instanceof RedisError) return replies;
    if (commands.some(isFlush)) {
      waiting.push({ counts: true, commands: [["FLUSHALL"]] });
      newest = new Map();
    }
    if (keys.length > 0) note(keys, replies.slice(commands.length));
    return replies.slice(0, commands.length);
  };

  return {
    ...primary,
    name: `${primary.name} with a replica ${behind} changes behind`,
    replica: {
      lagBehind: (changes) => {
        lag = changes;
      },
      get answered() {
        return answered;
      },
    },
    async call(command) {
      const name = nameOf(command);
      if (READS.has(name)) {
        answered += 1;
        await catchUp();
        return await copy.call(command);
      }
      if (name === "SCRIPT") await copy.call(command);
      if (keysOf(command).length === 0 && !isFlush(command)) return await primary.call(command);
      const replies = await write([command]);
      // A command that a transaction refuses to queue is sent alone, to get the command's own error message.
      return replies instanceof RedisError ? await primary.call(command) : (replies[0] ?? null);
    },
    multi: write,
    async stop() {
      waiting = [];
      newest = new Map();
      await Promise.all([primary.stop(), copy.stop()]);
    },
    async start() {
      await Promise.all([primary.start(), copy.start()]);
    },
    async close() {
      await Promise.all([primary.close(), copy.close()]);
    },
    async [Symbol.asyncDispose]() {
      await this.close();
    },
  };
}

const KEYLESS = new Set(
  "COMMAND CONFIG DBSIZE ECHO FLUSHALL FLUSHDB INFO KEYS PING PUBLISH RANDOMKEY SCRIPT TIME".split(
    " ",
  ),
);
const MANY_KEYS = new Set(["DEL", "EXISTS", "TOUCH", "UNLINK"]);

function keysOf(command: Command): readonly Argument[] {
  const name = nameOf(command);
  if (KEYLESS.has(name)) return [];
  if (name === "EVAL" || name === "EVALSHA") return command.slice(3, 3 + Number(command[2]));
  return command.slice(1, MANY_KEYS.has(name) ? undefined : 2);
}

function isFlush(command: Command): boolean {
  return nameOf(command).startsWith("FLUSH");
}

function nameOf([name = ""]: Command): string {
  return String(name).toUpperCase();
}
