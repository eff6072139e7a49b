import { createRedisStore } from "@algoitny/cache/redis";
import { createUpstashStore } from "@algoitny/cache/upstash";
import { Cache, defineResource, Loaded, parseTag } from "@algoitny/cache";
import { Redis } from "ioredis6";
import { expect, test } from "vitest";
import { named, recorded } from "../../support/counted-views.ts";
import { installedServers, startRedisProcess } from "../../support/redis-process.ts";
import { testUpstash } from "../../support/test-upstash.ts";

const SLOW = { storeTimeout: "20 seconds", waitTimeout: "20 seconds" } as const;

const MANY = Array.from({ length: 100 }, (_, id) => ({ id }));

const COUNTED: readonly [what: string, hit: (other: Cache) => Promise<unknown>][] = [
  ["a recorded entry", (other) => other.get(recorded, { id: 1 })],
  ["100 recorded entries", (other) => other.getMany(recorded, MANY)],
  [
    "a recorded entry for a client that has a copy",
    (other) => other.getEntry(recorded, { id: 1 }, { ifNoneMatch: '"any"' }),
  ],
];

test.for(COUNTED)("the first hit of %s is one command in one request", async ([, hit]) => {
  await using upstash = await testUpstash();
  const process = () =>
    new Cache({ store: createUpstashStore({ ...upstash, timeout: "20 seconds" }), ...SLOW });
  await process().getMany(recorded, MANY);
  const other = process();
  const before = upstash.stats();
  await hit(other);
  const { commands, requests } = upstash.stats();
  expect([commands - before.commands, requests - before.requests]).toEqual([1, 1]);
});

test("the first hit of an entry with value tags is one command too, once the process has seen such an entry of its resource", async () => {
  await using upstash = await testUpstash();
  const process = () =>
    new Cache({ store: createUpstashStore({ ...upstash, timeout: "20 seconds" }), ...SLOW });
  const [one, other] = [process(), process()];
  for (const id of [1, 1, 2, 2]) await one.get(named, { id });
  const costs: number[] = [];
  for (const id of [1, 2]) {
    const before = upstash.stats().commands;
    expect((await other.getEntry(named, { id })).status).toBe("hit");
    costs.push(upstash.stats().commands - before);
  }
  expect(costs).toEqual([2, 1]);
});

test("over REST the first hit of a recorded entry is one script, which may read keys that it does not declare", async () => {
  await using upstash = await testUpstash();
  const store = createUpstashStore({ ...upstash, timeout: "20 seconds" });
  const process = () => new Cache({ store, ...SLOW });
  await process().get(recorded, { id: 1 });
  const sent: string[] = [];
  upstash.intercept((commands, run) => {
    sent.push(...commands.map(([name, script]) => `${String(name)} ${String(script)}`));
    return run();
  });
  expect((await process().getEntry(recorded, { id: 1 })).status).toBe("hit");
  expect(sent).toEqual([expect.stringMatching(/^EVAL (?!#!)/)]);
});

test("an entry takes a second look when the name of a tag has escapes in JSON", async () => {
  await using upstash = await testUpstash();
  const store = createUpstashStore({ ...upstash, timeout: "20 seconds" });
  const quoted = parseTag('a"b\\c');
  const view = defineResource<{ id: number }, number>({
    name: "quoted",
    key: ({ id }) => ({ id }),
    ttl: "1 hour",
    load: ({ id }) => new Loaded(id, { tags: [quoted] }),
  });
  const [writer, reader] = [new Cache({ store, ...SLOW }), new Cache({ store, ...SLOW })];
  for (const id of [1, 1, 2]) await writer.get(view, { id });
  await reader.get(view, { id: 1 });
  const before = upstash.stats().commands;
  expect((await reader.getEntry(view, { id: 2 })).status).toBe("hit");
  expect(upstash.stats().commands - before).toBe(2);
});

test.for(installedServers())(
  "over %s the first hit of a recorded entry is one command",
  async ([server]) => {
    await using redis = await startRedisProcess(server);
    const connection = new Redis({ port: redis.port, host: "127.0.0.1" });
    const sent: string[] = [];
    const send = ([name = "", ...args]: readonly string[]) => {
      sent.push(name);
      return connection.call(name, ...args);
    };
    const process = () => new Cache({ store: createRedisStore({ send }), ...SLOW });
    await process().getMany(recorded, [{ id: 1 }, { id: 2 }]);
    // The first one loads the script into the server.
    await process().get(recorded, { id: 2 });
    sent.length = 0;
    expect((await process().getEntry(recorded, { id: 1 })).status).toBe("hit");
    expect(sent).toEqual(["EVALSHA"]);
    connection.disconnect();
  },
);
