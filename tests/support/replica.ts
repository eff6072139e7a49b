import { stepOf } from "./store-steps.ts";
import type { TestUpstash } from "./test-upstash.ts";
import { type Proxying, reply, startUpstashProxy } from "./upstash-proxy.ts";

/**
 * An Upstash endpoint whose reads may come from a lagging replica; scripts and writes go to the primary. A read whose
 * sync token is newer than the replica goes to the primary too.
 */
export interface Replica extends AsyncDisposable {
  url: string;
  token: string;
  /** Sets the replica to the primary's current state, and stops it there. */
  fallBehind(): Promise<void>;
  catchUp(): void;
  /** Lets the replica catch up after that time. */
  catchUpAfter(ms: number): void;
  /** Sets whether sync tokens count. */
  takeTokens(take: boolean): void;
  /** Number of reads that the replica has answered. */
  readonly reads: number;
}

interface Snapshot {
  values: ReadonlyMap<string, string>;
  /** Number of commands that the primary had run. */
  position: number;
  endMs: number;
}

export async function laggingReplica(upstash: TestUpstash): Promise<Replica> {
  let behind: Snapshot | undefined;
  let takesTokens = true;
  let reads = 0;

  const proxying: Proxying = async ({ commands, syncToken, forward }, response) => {
    const [command = []] = commands;
    if (behind !== undefined && performance.now() > behind.endMs) behind = undefined;
    const seen = takesTokens ? positionOf(syncToken) : 0;
    if (behind === undefined || stepOf(command) !== "look" || seen > behind.position) {
      reply(response, await forward());
      return;
    }
    reads += 1;
    const { values, position } = behind;
    const result = command.slice(1).map((key) => values.get(key) ?? null);
    reply(response, {
      status: 200,
      syncToken: tokenOf(position),
      body: JSON.stringify({ result }),
    });
  };

  const proxy = await startUpstashProxy(upstash, proxying);
  return {
    ...proxy,
    async fallBehind() {
      const { commands: position } = upstash.stats();
      behind = { values: await everything(upstash), position, endMs: Number.POSITIVE_INFINITY };
    },
    catchUp: () => {
      behind = undefined;
    },
    catchUpAfter: (ms) => {
      if (behind) behind.endMs = performance.now() + ms;
    },
    takeTokens: (take) => {
      takesTokens = take;
    },
    get reads() {
      return reads;
    },
    [Symbol.asyncDispose]: () => proxy[Symbol.asyncDispose](),
  };
}

async function everything({ redis }: TestUpstash): Promise<Map<string, string>> {
  const names = ((await redis.call(["KEYS", "*"])) as Buffer[]).map(String);
  const values = names.length === 0 ? [] : ((await redis.call(["MGET", ...names])) as Buffer[]);
  return new Map(names.map((name, index) => [name, String(values[index])]));
}

/** The local endpoint's format of sync tokens. */
function tokenOf(position: number): string {
  return Buffer.from(`local:${position}`).toString("base64");
}

function positionOf(token: string): number {
  return Number(Buffer.from(token, "base64").toString().replace("local:", ""));
}
