import type { Cloud } from "@algoitny/local/cloud";
import { Redis } from "ioredis5";
import { startRedisProcess } from "../support/redis-process.ts";
import { StormError } from "./desk.ts";
import type { createLaggingReplica, Image } from "./lagging-replica.ts";
import type { Outages } from "./outages.ts";
import type { Moments } from "./register.ts";

interface Scene {
  admin: Redis;
  restart: () => Promise<void>;
  beat: () => Promise<unknown>;
  drained: () => Promise<void>;
  outages: Outages;
  moments: Moments;
  replica: ReturnType<typeof createLaggingReplica>;
  /** Lets the storm continue for a while. */
  pause: () => Promise<void>;
}

/** Faults of Redis, in sequence, and the staleness that each allows. */
const faults = {
  /** Invalidations delete keys, which a full Redis accepts: no answer may be stale. */
  async "is full"({ admin, pause }) {
    await admin.config("SET", "maxmemory", "1");
    await pause();
    await admin.config("SET", "maxmemory", "0");
  },
  /** Hits are read from the primary: no answer may be stale. */
  async "has a replica that lags"({ admin, pause, replica }) {
    replica.show(await imageOf(admin));
    await pause();
    replica.show(undefined);
  },
  /** Its entries may be stale until it accepts writes again and the stream has been drained. */
  async "is read-only"({ admin, pause, outages, drained }) {
    const end = outages.begin();
    await admin.call("REPLICAOF", "127.0.0.1", "1");
    await pause();
    await admin.call("REPLICAOF", "NO", "ONE");
    await drained();
    end();
  },
  /** Restored entries may be stale until the beat, which compares the server's run id. */
  async "comes back older"(scene) {
    const since = scene.moments.next();
    await scene.admin.save();
    await scene.pause();
    await comeBack(scene, since);
  },
  /** The same, with a beat after the save: the restored state lacks that beat's value. */
  async "comes back from before a beat"(scene) {
    const since = scene.moments.next();
    await scene.admin.save();
    await scene.beat();
    await scene.pause();
    await comeBack(scene, since);
  },
} satisfies Record<string, (scene: Scene) => Promise<void>>;

export type FaultName = keyof typeof faults;
export const faultNames = Object.keys(faults) as FaultName[];

async function imageOf(admin: Redis): Promise<Image> {
  const names = await admin.keys("*");
  const values = names.length > 0 ? await admin.mgetBuffer(names) : [];
  return new Map(names.map((name, index) => [name, values[index] ?? null]));
}

async function comeBack({ restart, beat, outages }: Scene, since: number): Promise<void> {
  const end = outages.begin(since);
  await restart();
  await expectCleared(beat);
  end();
}

/** Attempts at a beat until its connection to Redis is restored. */
const TRIES = 50;

async function expectCleared(beat: () => Promise<unknown>): Promise<void> {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const state: unknown = Reflect.get(Object(await beat()), "state");
    if (state === "cleared") return;
    if (state !== "failed") throw new StormError(`a beat took an older Redis for ${String(state)}`);
  }
  throw new StormError("no beat reached Redis again");
}

/** Starts a separate redis-server for the storm's faults. */
export async function startFaultyRedis() {
  const server = await startRedisProcess("redis-server");
  const admin = new Redis({ port: server.port, host: "127.0.0.1", maxRetriesPerRequest: null });
  admin.on("error", () => undefined);
  return {
    url: `redis://127.0.0.1:${server.port}`,
    /** Runs one fault while a cloud uses that server. */
    fault(
      name: FaultName,
      cloud: Cloud,
      context: Pick<Scene, "outages" | "moments" | "replica" | "pause">,
    ) {
      return faults[name]({
        ...context,
        admin,
        restart: () => server.restart(),
        beat: () => cloud.scheduler.fire("Beat"),
        drained: () => cloud.streams.drained(),
      });
    },
    async [Symbol.asyncDispose]() {
      admin.disconnect();
      await server[Symbol.asyncDispose]();
    },
  };
}
