import { HotPages } from "./hot-pages.ts";
import { different, judgeList, oneOf } from "./question.ts";
import { createMoments, mixtures, Register, Tally } from "./register.ts";
import { Shelf } from "./shelf.ts";
import { feedQuestion } from "./execution-questions.ts";
import {
  countExecution,
  createState,
  writeExecution,
  type ExecutionState,
  type Person,
} from "./state.ts";
import { describe, expect, test } from "vitest";

/** Runs something between the start and the end of a read's span. */
function during(moments: ReturnType<typeof createMoments>, run: () => void = () => {}) {
  const from = moments.next();
  run();
  return { from, to: moments.next() };
}

describe("a read may show", () => {
  test("the last acknowledged state, and nothing before it", () => {
    const moments = createMoments();
    const register = new Register(moments, "first");
    register.write("second")();
    register.write("third")();
    expect(register.possible(during(moments))).toEqual(["third"]);
  });

  test("a write under way, or what was there before it", () => {
    const moments = createMoments();
    const register = new Register(moments, "old");
    const acknowledge = register.write("new");
    expect(register.possible(during(moments))).toEqual(["old", "new"]);
    const span = during(moments, acknowledge);
    expect(register.possible(span)).toEqual(["old", "new"]);
    expect(register.possible(during(moments))).toEqual(["new"]);
  });

  test("all that is written during the read, but nothing that is sent after it", () => {
    const moments = createMoments();
    const register = new Register(moments, 0);
    const span = during(moments, () => {
      register.write(1)();
      register.write(2)();
    });
    register.write(3)();
    expect(register.possible(span)).toEqual([0, 1, 2]);
  });

  test("a mixture of the parts that are written while it reads, since several items are not read at one moment", () => {
    const [before, after] = [
      { count: 1, cases: "a", title: "t" },
      { count: 2, cases: "b", title: "t" },
    ];
    const cases = mixtures([before, after]).map((one) => [one?.count, one?.cases, one?.title]);
    expect(cases).toEqual([
      [1, "a", "t"],
      [1, "b", "t"],
      [2, "a", "t"],
      [2, "b", "t"],
    ]);
    expect(mixtures([after])).toEqual([after]);
    expect(mixtures([undefined, after])).toEqual([undefined, after]);
  });

  test("a number between the limits that writes under way set; without such writes, the exact number", () => {
    const moments = createMoments();
    const tally = new Tally(moments, 10);
    const [plus, minus] = [tally.change(1), tally.change(-1)];
    expect(tally.limits(during(moments))).toEqual({ least: 9, most: 11 });
    plus();
    expect(tally.limits(during(moments))).toEqual({ least: 10, most: 11 });
    minus();
    expect(tally.limits(during(moments))).toEqual({ least: 10, most: 10 });
  });

  test("the same however long ago the changes were", () => {
    const moments = createMoments();
    const tally = new Tally(moments, 0);
    for (let count = 0; count < 1_000; count += 1) tally.change(1)();
    expect(tally.limits(during(moments))).toEqual({ least: 1_000, most: 1_000 });
  });
});

describe("a list is judged", () => {
  const moments = createMoments();
  const shelf = new Shelf<string>(moments);
  for (const id of [1, 2, 4, 3]) shelf.add(id, `text ${id}`);
  const judge = (shown: [number, string][], pageSize = 10, skipped = 0, arriving = 0) =>
    judgeList(
      shown.map(([id, text]) => ({ id, text })),
      {
        shelf,
        span: during(moments),
        textsOf: (texts) => texts.map((text) => (text === "hidden" ? undefined : text)),
        skipped,
        pageSize,
        arriving,
        isArriving: ({ text }) => text === "arriving",
      },
    );
  const all: [number, string][] = [4, 3, 2, 1].map((id) => [id, `text ${id}`]);

  test("as right when every element is as it must be, newest first, as far as the page goes", () => {
    expect(judge(all)).toBeUndefined();
    expect(judge(all.slice(0, 2), 2)).toBeUndefined();
    expect(judge([[5, "arriving"], ...all])).toBeUndefined();
  });

  test.each<[string, [number, string][], string]>([
    ["an old text", [[4, "old"], ...all.slice(1)], '4 is "old", must be "text 4"'],
    ["a missing element", [...all.slice(0, 1), ...all.slice(2)], "leaves out 3"],
    ["a missing last element", all.slice(0, 3), "leaves out 1"],
    [
      "an element that was never written",
      [[9, "ghost"], ...all],
      "shows 9, which was never written",
    ],
    ["a wrong order", all.toReversed(), "wrong order"],
  ])("as wrong for %s", (_, shown, message) => {
    expect(judge(shown)).toContain(message);
  });

  test("page by page: nothing of another page, nothing left out between pages", () => {
    expect(judge(all.slice(2), 2, 2)).toBeUndefined();
    expect(judge([], 2, 4)).toBeUndefined();
    expect(judge(all.slice(1, 3), 2, 2)).toContain("shows 3, which is on another page");
    expect(judge(all.slice(3), 2, 2)).toContain("leaves out 2");
    expect(judge(all.slice(1, 2), 2, 1)).toContain("leaves out 2");
    expect(judge(all.slice(0, 3), 2)).toContain("shows 2, which is on another page");
    expect(judge(all.slice(2), 2, 1)).toContain("leaves out 3");
    // An element that arrives before this page moves its elements by one place.
    expect(judge(all.slice(1, 3), 2, 2, 1)).toBeUndefined();
    expect(judge(all.slice(0, 2), 2, 2, 1)).toContain("shows 4, which is on another page");
  });

  test("with an element that is being hidden present or absent, and once it is hidden only absent", () => {
    const acknowledge = shelf.get(2)?.write("hidden");
    const without = all.filter(([id]) => id !== 2);
    expect([judge(all), judge(without)]).toEqual([undefined, undefined]);
    expect([judge(all.slice(3), 2, 2), judge(all.slice(2), 2, 2)]).toEqual([undefined, undefined]);
    acknowledge?.();
    expect(judge(without)).toBeUndefined();
    expect(judge(all)).toContain("shows 2, which is not to be seen");
  });
});

test("an answer is one of the possible ones byte for byte, or a 404 where there may be none", () => {
  const answer = { status: 200, body: '{"a":1}', total: null };
  expect(oneOf(answer, ['{"a":0}', '{"a":1}'])).toBeUndefined();
  expect(oneOf(answer, ['{"a":0}'])).toBe(different('{"a":1}', '{"a":0}'));
  expect(oneOf({ ...answer, status: 404 }, [undefined])).toBeUndefined();
  expect(oneOf({ ...answer, status: 404 }, ['{"a":1}'])).toContain("404");
  expect(oneOf(answer, [undefined])).toContain("must be");
});

describe("a page of the public feed", () => {
  const page = { key: "page" };

  /** Requests pages by a clock that only the test moves. */
  function hotPages() {
    const clock = { ms: 0 };
    const moments = createMoments();
    const pages = new HotPages(moments, () => clock.ms);
    const load = (afterMs: number) => {
      clock.ms += afterMs;
      return pages.ask(page).answered("miss");
    };
    const hit = () => pages.ask(page).answered("hit");
    return { clock, moments, pages, load, hit };
  }

  test("may be late once it was loaded five times more, each time within a second", () => {
    const { load, hit } = hotPages();
    for (let count = 0; count < 5; count += 1) load(900);
    expect(hit()).toBeUndefined();
    expect(load(900)).toBeDefined();
    expect(hit()).toBeDefined();
    // A hot page stays hot while its next load comes within two seconds.
    expect(load(1_900)).toBeDefined();
    expect(load(2_000)).toBeUndefined();
    expect(hit()).toBeUndefined();
  });

  test("may not be late for loads that come a second apart, nor for those of another page", () => {
    const { pages, load, hit } = hotPages();
    for (let count = 0; count < 20; count += 1) expect(load(1_000)).toBeUndefined();
    for (let count = 0; count < 20; count += 1) pages.ask({ key: "other" }).answered("miss");
    expect(hit()).toBeUndefined();
  });

  test("may be late because of a load whose answer is still on its way", () => {
    const { pages, load, hit } = hotPages();
    for (let count = 0; count < 5; count += 1) load(10);
    pages.ask(page);
    expect(hit()).toBeDefined();
  });

  test("that is hot is as of a moment a second before it was asked for, or little more", () => {
    const { clock, moments, load, hit } = hotPages();
    const written: { ms: number; moment: number }[] = [];
    for (let count = 0; count < 40; count += 1) {
      written.push({ ms: clock.ms, moment: moments.next() });
      load(100);
    }
    const late = hit() ?? NaN;
    const known = written.filter(({ moment }) => moment < late).map(({ ms }) => ms);
    expect(Math.max(...known)).toBeLessThan(clock.ms - 1_000);
    expect(Math.max(...known)).toBeGreaterThan(clock.ms - 1_300);
  });

  const [ann, bob] = ["ann", "bob"].map((name): Person => ({
    name,
    sub: name,
    email: "",
    token: "",
  }));

  /** Public executions by id, with their owners; the last one is newer than what a hot page has to show. */
  function feed(owners: Record<number, string>) {
    const state = createState([ann, bob] as Person[]);
    let late = 0;
    for (const [id, sub] of Object.entries(owners)) {
      late = state.moments.next();
      const sent = state.moments.next();
      const row = { id: Number(id), sub, is_code_public: true } as ExecutionState["row"];
      const counted = countExecution(state, undefined, row);
      state.executions.add(Number(id), { row, detail: {} as ExecutionState["detail"] }, sent)();
      counted();
    }
    const judge = (ids: number[], as: Person | undefined, hot: boolean) => {
      const results = ids.map((id) => ({ id, is_code_public: true }));
      const paging = { count: ids.length, next_offset: null, has_more: false };
      const answer = { status: 200, body: JSON.stringify({ results, ...paging }), total: null };
      const [from, to] = [state.moments.next(), state.moments.next()];
      const span = { from, to, ...(hot && { late }) };
      return feedQuestion(state, as).judge(answer, span);
    };
    return { state, judge };
  }

  test("may leave out another's new execution while it is hot, and count without it", () => {
    const { judge } = feed({ 1: "ann", 2: "bob" });
    expect(judge([2, 1], undefined, false)).toBeUndefined();
    expect(judge([2, 1], undefined, true)).toBeUndefined();
    expect(judge([1], undefined, true)).toBeUndefined();
    expect(judge([1], ann, true)).toBeUndefined();
    expect(judge([1], undefined, false)).toContain("leaves out 2");
  });

  test("may not leave out one's own, an older one, or one that was changed since", () => {
    const { state, judge } = feed({ 1: "ann", 2: "bob" });
    expect(judge([1], bob, true)).toContain("leaves out 2");
    expect(judge([2], undefined, true)).toContain("leaves out 1");
    expect(judge([], undefined, true)).toContain("leaves out 1");
    const latest = state.executions.latest(2) as ExecutionState;
    writeExecution(state, 2, { ...latest, row: { ...latest.row, is_code_public: false } })();
    expect(judge([2, 1], undefined, true)).toContain("shows 2, which is not to be seen");
    expect(judge([1], undefined, true)).toBeUndefined();
    writeExecution(state, 2, { ...latest, row: { ...latest.row, has_hints: true } })();
    expect(judge([1], undefined, true)).toContain("leaves out 2");
  });
});
