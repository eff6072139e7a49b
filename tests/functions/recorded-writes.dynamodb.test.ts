import { Cache, MemoryStore, type Tag } from "@algoitny/cache";
import type { BeginRequest, Store } from "@algoitny/cache/store";
import type { Source } from "@algoitny/core/source";
import type { Written } from "@algoitny/core/table/entities";
import { problemDetail } from "@algoitny/core/problem/problem.resources";
import { createDatabase, createClient } from "@algoitny/core/table/database";
import { createTables, type Tables } from "@algoitny/core/tables";
import { CACHE_PREFIX } from "@algoitny/functions/cache-prefix";
import { createHide, invalidateChanges } from "@algoitny/functions/endpoint/forgetting";
import { openRecording } from "@algoitny/functions/recording";
import { expect, test } from "vitest";
import { actor, anExecution, aProblem, setup } from "../core/support/fixtures.ts";
import { recordedSource, recordedView } from "../core/support/recorded-source.ts";

const PARAMS = { id: 1, admin: false };

/** The API's tables and requests, with recorded views; `sent` lists the store's invalidating commands. */
async function recordedRequests() {
  const app = await setup();
  const client = createClient(app.table.endpoint);
  const sent: { command: string; stamps: readonly string[] }[] = [];
  const store: Store = new MemoryStore();
  const cache = new Cache({
    prefix: CACHE_PREFIX,
    store: new Proxy(store, {
      get: (target, name: keyof Store) => {
        const operation: ((request: never) => unknown) | undefined = target[name];
        return (
          operation &&
          ((request: never) => {
            if (name === "delete") sent.push({ command: name, stamps: request });
            if (name === "begin" || name === "end")
              sent.push({ command: name, stamps: (request as BeginRequest).stampKeys });
            return operation.call(target, request);
          })
        );
      },
    }),
  });
  const { tableName } = app.table.db;
  const recording = openRecording({ cache, client, tableName });
  /** Writes as a request does: the affected entries are invalidated at its end. */
  const request = async (write: (tables: Tables) => Promise<Written>) => {
    sent.length = 0;
    const meter = { tags: [] as readonly Tag[], names: new Set<Tag>(), announced: new Set<Tag>() };
    const { writing, guarded, inDoubt } = recording.clients(meter.names);
    const hide = createHide(cache, meter);
    const db = createDatabase({ tableName, client: writing, guarded, hide, inDoubt });
    const { changes } = await write(createTables(db));
    const log = { warn: () => undefined };
    await invalidateChanges(changes, { cache, log, meter, remainingMs: () => 10_000 });
  };
  const source: Source = recordedSource(cache, app.table.db);
  const view = recordedView(problemDetail);
  return {
    sent,
    request,
    /** Tables whose writes invalidate nothing, like one whose invalidation failed. */
    bare: createTables(app.table.db),
    title: async () => (await cache.get(view, PARAMS, { source }))?.title,
    [Symbol.asyncDispose]: async () => {
      client.destroy();
      await app[Symbol.asyncDispose]();
    },
  };
}

const kinds = (stamps: readonly string[]) => ({
  names: stamps.some((stamp) => stamp.includes(":tag:d:")),
  tags: stamps.some((stamp) => stamp.includes(":tag:problem:1")),
});

test("one command invalidates the tags of the rules and those of recorded reads", async () => {
  await using app = await recordedRequests();
  // The absence is stored too.
  expect(await app.title()).toBeUndefined();
  await app.request(({ problems }) => problems.create(aProblem()));
  expect(await app.title()).toBe("Watermelon");
  await app.request(({ problems }) => problems.change(1, { title: "Melon" }));
  expect(app.sent.map(({ command }) => command)).toEqual(["delete"]);
  expect(kinds(app.sent[0]?.stamps ?? [])).toEqual({ names: true, tags: true });
  expect(await app.title()).toBe("Melon");
});

test("a write that changes nothing invalidates recorded reads too, because it may repeat one whose invalidation failed", async () => {
  await using app = await recordedRequests();
  await app.request(({ problems }) => problems.create(aProblem()));
  expect(await app.title()).toBe("Watermelon");
  await app.bare.problems.change(1, { title: "Melon" });
  expect(await app.title()).toBe("Watermelon");
  await app.request(({ problems }) => problems.change(1, { title: "Melon" }));
  expect(app.sent.map(({ command }) => command)).toEqual(["delete"]);
  expect(await app.title()).toBe("Melon");
});

test("a write that hides something announces both kinds of tags in one command, and only ends the announcement afterwards", async () => {
  await using app = await recordedRequests();
  await app.request(({ problems }) => problems.create(aProblem()));
  expect(await app.title()).toBe("Watermelon");
  await app.request(({ problems }) => problems.change(1, { is_deleted: true }));
  expect(app.sent.map(({ command }) => command)).toEqual(["begin", "end"]);
  for (const { stamps } of app.sent) expect(kinds(stamps)).toEqual({ names: true, tags: true });
  expect(await app.title()).toBeUndefined();
});

test("recording an execution invalidates at most 45 keys, 1.5 KB in total, and making one private announces at most 50 keys", async () => {
  await using app = await recordedRequests();
  const execute = async (sub: string) => {
    const input = anExecution({ problem_id: 1, is_code_public: true });
    await app.request(({ history }) => history.record(actor(sub), input));
    return app.sent.at(-1)?.stamps ?? [];
  };
  await app.request(({ problems }) => problems.create(aProblem()));
  // The very first one creates the counters of the feeds.
  await execute("ann");
  const [again, ofAnother] = [await execute("ann"), await execute("bob")];
  await app.request(({ history }) => history.change(2, "ann", { is_code_public: false }));
  const hidden = app.sent.find(({ command }) => command === "begin")?.stamps ?? [];
  const sizes = [again, ofAnother, hidden].map((keys) => [keys.length, keys.join("").length]);
  console.info(JSON.stringify(sizes));
  expect(again.length).toBeLessThanOrEqual(35);
  expect(ofAnother.length).toBeLessThanOrEqual(45);
  expect(ofAnother.join("").length).toBeLessThanOrEqual(1_500);
  expect(hidden.length).toBeLessThanOrEqual(50);
});
