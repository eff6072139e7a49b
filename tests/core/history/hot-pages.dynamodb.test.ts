import { Cache, MemoryStore } from "@algoitny/cache";
import { VirtualClock } from "@algoitny/cache/testing";
import { searchHistory } from "@algoitny/core/history/history.resources";
import { tagsFor } from "@algoitny/core/invalidation-rules";
import type { Change } from "@algoitny/core/table/entities";
import { keys } from "@algoitny/core/table/keys";
import { uncached } from "@algoitny/core/uncached";
import { views } from "@algoitny/core/views";
import { DeleteCommand } from "@aws-sdk/lib-dynamodb";
import { expect, test } from "vitest";
import { actor, anExecution, aProblem, setup } from "../support/fixtures.ts";

/** Number of consecutive loads after which a page is hot. */
const RELOADS = 5;

const PUBLIC = { kind: "public" } as const;

/** A feed with writers, and its pages in a cache on a clock that moves only on request. */
async function feed() {
  const app = await setup();
  const clock = new VirtualClock();
  const store = new MemoryStore({ now: clock.now });
  const openProcess = () => new Cache({ store, clock, resources: views });
  const [here, there] = [openProcess(), openProcess()];
  const source = uncached(() => Promise.resolve(app.tables));
  const { id: problem_id } = await app.tables.problems.create(aProblem());
  const read = async (viewer?: string, by = here) => {
    const params = { viewer, offset: 0, limit: 20, my_only: false };
    const found = await by.getEntry(searchHistory, params, { source });
    const { results } = await found.value();
    return { status: found.status, ids: results.map(({ id }) => id) };
  };
  const record = async (who: string, is_code_public = true) => {
    const input = anExecution({ problem_id, is_code_public });
    const { id, changes } = await app.tables.history.record(actor(who), input);
    await here.invalidate(...tagsFor(changes));
    return id;
  };
  /** Reads after each of several writes of another user; returns the number of reads that showed the write. */
  const heat = async (reloads: number, viewer?: string) => {
    await read(viewer);
    let shown = 0;
    for (let count = 0; count < reloads; count += 1) {
      const id = await record("bob");
      await clock.advance(10);
      shown += Number((await read(viewer)).ids[0] === id);
    }
    return shown;
  };
  /** Hides an execution as another program would; returns the change that the stream delivers. */
  const byHand = async (what: "made private" | "deleted" | "taken out of the feed", id: number) => {
    const { row } = (await app.tables.history.get(id)) ?? {};
    if (row === undefined) throw new Error(`there is no execution ${id}`);
    const { pk, sk } =
      what === "taken out of the feed" ? keys.feedEntry(PUBLIC, id) : keys.history(id);
    const { db } = app.table;
    if (what === "made private") await app.changeItem({ pk, sk }, { is_code_public: false });
    else await db.send(new DeleteCommand({ TableName: db.tableName, Key: { pk, sk } }));
    const entry = { feed: "FEED#PUBLIC", sub: null, id };
    const after = what === "made private" ? { ...row, is_code_public: false } : null;
    return what === "taken out of the feed"
      ? ({ entity: "feed_entry", before: entry, after: null } satisfies Change)
      : ({ entity: "history", before: row, after } satisfies Change);
  };
  return { ...app, clock, here, there, read, record, heat, byHand };
}

test("a page of the public feed shows each execution at once until five consecutive loads each follow within a second", async () => {
  await using app = await feed();
  expect(await app.heat(RELOADS)).toBe(RELOADS);
  const late = await app.record("bob");
  const { status, ids } = await app.read(undefined, app.there);
  expect([status, ids.includes(late)]).toEqual(["hit", false]);
});

test("a hot page leaves out others' executions for a second after its load, and is then loaded once", async () => {
  await using app = await feed();
  await app.heat(RELOADS);
  const late = await app.record("bob");
  await app.clock.advance(999);
  expect((await app.read()).ids).not.toContain(late);
  await app.clock.advance(1);
  expect(await app.read()).toMatchObject({ status: "miss", ids: expect.arrayContaining([late]) });
  await app.record("bob");
  expect((await app.read(undefined, app.there)).status).toBe("hit");
});

test("a page that is loaded at most once a second is never hot", async () => {
  await using app = await feed();
  await app.read();
  for (let count = 0; count < 2 * RELOADS; count += 1) {
    const id = await app.record("bob");
    await app.clock.advance(1_000);
    expect((await app.read()).ids[0]).toBe(id);
  }
});

test.each([
  ["public", true],
  ["private", false],
])(
  "a user's own %s execution is on their page at once, also while that is hot",
  async (_, shown) => {
    await using app = await feed();
    await app.heat(RELOADS, "ann");
    const late = await app.record("bob");
    expect((await app.read("ann")).ids).not.toContain(late);
    const own = await app.record("ann", shown);
    for (const by of [app.here, app.there]) expect((await app.read("ann", by)).ids).toContain(own);
  },
);

test.each(["made private", "deleted", "taken out of the feed"] as const)(
  "an execution that is %s by hand leaves a hot page as soon as the stream has delivered the change",
  async (what) => {
    await using app = await feed();
    await app.heat(RELOADS);
    const [id = 0] = (await app.read()).ids;
    const change = await app.byHand(what, id);
    await app.here.invalidate(...tagsFor([change]));
    for (const by of [app.here, app.there])
      expect((await app.read(undefined, by)).ids).not.toContain(id);
  },
);

test("hints that change how a public execution is listed are on a hot page at once", async () => {
  await using app = await feed();
  await app.heat(RELOADS);
  const [id = 0] = (await app.read()).ids;
  const { changes } = await app.tables.history.change(id, "bob", { hints: ["think"] });
  await app.here.invalidate(...tagsFor(changes));
  expect((await app.read(undefined, app.there)).status).toBe("miss");
});
