import { overNetwork, TestStore, VirtualClock } from "@algoitny/cache/testing";
import { beforeAll, describe, expect, test } from "vitest";
import { warmUp } from "../../support/warm-up.ts";
import { bookServer, createLibrary } from "./book-server.ts";

const DOCUMENTS = 50;
const VIEWS = 30;
const BOOKS = 100;

/** Maximum number of concurrent loads while the store is down. */
const MOST_LOADS = 5;

/** A catalogue of many books that counts its concurrent loads. */
function largeLibrary() {
  const library = createLibrary();
  for (let id = 1; id <= BOOKS; id += 1)
    library.books.set(id, { id, title: `title ${id}`, author: id % 7 });
  const running = { now: 0, most: 0 };
  library.before.load = async () => {
    running.now += 1;
    running.most = Math.max(running.most, running.now);
    for (let turns = 0; turns < 3; turns += 1) await nextTurn();
    running.now -= 1;
  };
  return { library, running };
}

/** A document of 30 views, and its correct answer. */
function manyViews(first: number) {
  const ids = Array.from({ length: VIEWS }, (_, index) => ((first * 7 + index) % BOOKS) + 1);
  const fields = ids.map((id) => `b${id}: book(id: ${id}) { title author { name } }`);
  const answer = ids.map((id) => [
    `b${id}`,
    { title: `title ${id}`, author: { name: `author ${id % 7}` } },
  ]);
  return { query: `{ ${fields.join(" ")} }`, data: Object.fromEntries(answer) as object };
}

/** A server whose store has a fault while `state.isDown` is true. */
function troubled(fault: "refused" | "swallowed") {
  const clock = new VirtualClock();
  const raw = new TestStore({ now: clock.now });
  const state = { isDown: true };
  const store = overNetwork(raw, { fault: () => (state.isDown ? fault : "none") });
  const { library, running } = largeLibrary();
  const cache = { maxLoadsWithoutStore: MOST_LOADS };
  return { ...bookServer({ store, clock, library, cache }), raw, state, running };
}

/** Lets virtual time pass until the work is done, for the time limits of a faulty store. Compression takes real time. */
async function passing<T>(clock: VirtualClock, work: Promise<T>): Promise<T> {
  const state = { isDone: false };
  const done = work.finally(() => (state.isDone = true));
  done.catch(() => undefined);
  while (!state.isDone) await clock.advance(1);
  return done;
}

// Imports the lazily loaded modules first: virtual time would pass while the first test waits for them.
beforeAll(async () => {
  await warmUp();
  for (const isDown of [true, false]) {
    const { ask, clock, state } = troubled("refused");
    state.isDown = isDown;
    for (const query of [
      "{ book(id: 1) { title } }",
      `mutation { rename(id: 1, title: "new") { id } }`,
    ])
      await (isDown ? passing(clock, ask(query)) : ask(query));
  }
});

describe("while the store refuses all requests", () => {
  test("50 documents of 30 views are answered, with a bounded number of loads at once", async () => {
    const { ask, clock, running } = troubled("refused");
    const documents = Array.from({ length: DOCUMENTS }, (_, index) => manyViews(index));
    const answers = await passing(clock, Promise.all(documents.map(({ query }) => ask(query))));
    expect(answers.map(({ data }) => data)).toEqual(documents.map(({ data }) => data));
    expect(answers.filter(({ stored }) => stored)).toEqual([]);
    // The loads of responses have a separate queue, so that parts need not wait for the responses that need them.
    expect(running.most).toBe(MOST_LOADS);
  });

  test("no answer is stored, and the first one afterwards is complete", async () => {
    const { ask, clock, raw, state } = troubled("refused");
    const { query, data } = manyViews(0);
    await passing(clock, ask(query));
    expect(await raw.keys()).toEqual([]);
    state.isDown = false;
    await clock.advance(60_000);
    expect(await ask(query)).toMatchObject({ came: "miss", stored: true, data });
    expect((await ask(query)).came).toBe("hit");
  });

  test("a mutation whose invalidation fails is seen by its own process, in every response that it affects", async () => {
    const { ask, clock, state, library } = troubled("refused");
    const documents = [
      "{ books { id title } }",
      "{ a: book(id: 1) { title } b: book(id: 2) { id } }",
    ];
    state.isDown = false;
    for (const query of documents) await ask(query);
    state.isDown = true;
    const failed = await passing(clock, ask(`mutation { rename(id: 1, title: "new") { id } }`));
    expect([failed.errors?.length, library.books.get(1)?.title]).toEqual([1, "new"]);
    state.isDown = false;
    for (const query of documents) {
      const { data } = await ask(query);
      expect(JSON.stringify(data)).toContain('"title":"new"');
    }
  });
});

test("a store that never answers delays a document by one time limit for each level, not for each view", async () => {
  const { ask, clock } = troubled("swallowed");
  const { query, data } = manyViews(0);
  const startMs = clock.now();
  expect((await passing(clock, ask(query))).data).toEqual(data);
  // The look of the response, that of the books and that of their authors: 0.5 s each.
  expect(clock.now() - startMs).toBeLessThan(3_000);
});

test("a response that was made while the store lost all keys is not stored, and the next one shows new data", async () => {
  const { ask, raw, state, library } = troubled("refused");
  state.isDown = false;
  let isLost = false;
  library.before.load = async () => {
    if (!isLost) raw.restart();
    isLost = true;
  };
  const torn = await ask("{ book(id: 1) { title author { name } } }");
  expect([torn.stored, isLost]).toEqual([false, true]);
  library.books.set(1, { id: 1, title: "new", author: 1 });
  const next = await ask("{ book(id: 1) { title author { name } } }");
  expect(next.data).toMatchObject({ book: { title: "new" } });
});

const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve));
