import { keys } from "@algoitny/core/table/keys";
import { redisServerVersion } from "@algoitny/local/redis/redis-server";
import { Redis } from "ioredis5";
import { expect, test } from "vitest";
import { decodeEntry } from "../../packages/cache/src/protocol/entry.ts";
import { encodeRest, entryText } from "../../packages/cache/src/protocol/write-entry.ts";
import { cost, type Json, startWorld, type World } from "../support/people.ts";
import { startRedisProcess } from "../support/redis-process.ts";

const hasServer = (await redisServerVersion()) !== undefined;

/** Longer than `MAX_STALENESS` allows: 150 seconds. */
const TOO_LONG_MS = 151_000;

const beat = (world: World): Promise<Json> => world.scheduler.fire("Beat");

/** Path of a detail that has been read twice, with no pending stream record that would invalidate it. */
async function readTwice(world: World, { id }: Json): Promise<string> {
  await world.streams.drained();
  const path = `/api/problems/${id}/`;
  await world.call(path);
  expect(cost(await world.call(path)).cache).toBe("hit");
  return path;
}

test("a beat's probes return through the stream and invalidate nothing, and entries that the beat has confirmed are served at any age", async () => {
  await using world = await startWorld({ intercept: aging });
  const path = await readTwice(world, await world.createProblem());
  expect(await beat(world)).toMatchObject({ state: "cleared", missing: 0 });
  await readTwice(world, { id: path.split("/").at(-2) });
  expect(await beat(world)).toMatchObject({ state: "advanced", missing: 0 });
  aging.by = { entries: TOO_LONG_MS, closed: 0 };
  expect(cost(await world.call(path)).cache).toBe("hit");
  // The stream stands still for longer than `MAX_STALENESS`: an entry without a newer closed timestamp is loaded again.
  aging.by = { entries: TOO_LONG_MS, closed: TOO_LONG_MS };
  expect(cost(await world.call(path))).toMatchObject({ cache: "miss" });
  const ofService = "service algoitny";
  await expect.poll(() => world.metrics()[ofService]?.["MissesUnconfirmed"]?.sum).toBe(1);
  const totals = () => world.metrics()["schedule Beat"] ?? {};
  await expect.poll(() => totals()["ClosedAgeMs"]?.count).toBe(2);
  // A stage's first beat compares Redis with no earlier one, and therefore reports no reset.
  expect(totals()["StoreResets"]).toBeUndefined();
  const shown = world.entries.filter((entry) => "text" in entry && entry.routine !== true);
  expect(shown).toEqual([]);
  const changes = world.entries.flatMap((entry) => ("changes" in entry ? entry.changes : []));
  expect(changes.every((each) => each !== undefined && each.count > 0)).toBe(true);
});

test("a beat that cannot reach Redis fails with a log line, and the next one succeeds", async () => {
  await using world = await startWorld();
  await beat(world);
  await world.redis.stop();
  expect(await beat(world)).toEqual({ state: "failed" });
  const texts = () => world.entries.map((entry) => ("text" in entry ? entry.text : ""));
  await expect.poll(texts).toContainEqual(expect.stringContaining("error the beat failed"));
  await world.redis.start();
  expect(["advanced", "cleared"]).toContain((await beat(world)).state);
});

test.skipIf(!hasServer)(
  "a redis-server that restarts with an older state serves that until the next beat, which clears it",
  async () => {
    await using server = await startRedisProcess("redis-server");
    const admin = new Redis({ port: server.port, host: "127.0.0.1" });
    admin.on("error", () => undefined);
    await using world = await startWorld({ redis: { url: `redis://127.0.0.1:${server.port}` } });
    await beat(world);
    const problem = await world.createProblem({ title: "first" });
    await beat(world);
    const path = await readTwice(world, problem);
    const title = async () => ((await (await world.call(path)).json()) as Json).title;
    await admin.save();
    await world.send("PATCH", path, world.admin, { title: "second" });
    await world.changeItem(keys.problem(problem.id), { title: "third" });
    await world.streams.drained();
    expect(await title()).toBe("third");
    await server.restart();
    // The answer is as old as the snapshot: `MAX_STALENESS` allows that for 150 seconds, but the beat ends it earlier.
    await expect.poll(title).toBe("first");
    expect(await beat(world)).toMatchObject({ state: "cleared", missing: 0 });
    expect(await title()).toBe("third");
    expect(await beat(world)).toMatchObject({ state: "advanced" });
    const texts = world.entries.map((entry) => ("text" in entry ? entry.text : ""));
    expect(texts.filter((text) => text.includes("not as the last beat left it"))).toHaveLength(1);
    admin.disconnect();
  },
);

/** Makes entries, and the last beat's value, look older to readers: time passes in Redis only. */
const aging = Object.assign(
  async (commands: readonly (readonly unknown[])[], run: () => Promise<unknown>) => {
    const replies = await run();
    const { by } = aging;
    if (by === undefined || !Array.isArray(replies)) return replies as never;
    return replies.map((reply, index) => {
      // A look is a one-line script that returns the values of its keys.
      const [, script = "", count = "0", ...names] = (commands[index] ?? []).map(String);
      if (!script.includes("MGET") || !Array.isArray(reply)) return reply;
      if (reply.length !== Number(count)) return reply;
      return reply.map((value, place) => older(names[place] ?? "", value, by));
    }) as never;
  },
  { by: undefined as { entries: number; closed: number } | undefined },
);

function older(name: string, value: unknown, by: { entries: number; closed: number }): unknown {
  if (!Buffer.isBuffer(value)) return value;
  const text = value.toString();
  if (name.endsWith(":closed"))
    return Buffer.from(text.replace(/^\d+/, (time) => String(Number(time) - by.closed)));
  const entry = decodeEntry(text);
  if (entry === null) return value;
  const header = { ...entry.header, createdMs: entry.header.createdMs - by.entries };
  const id = text.slice(0, text.indexOf("\n"));
  return Buffer.from(entryText(id, header.stamps, encodeRest({ ...entry, header })));
}
