import { setImmediate as turn } from "node:timers/promises";
import { createCatalogueGate } from "@algoitny/local/catalogue/catalogue-gate";
import { expect, test } from "vitest";

const report = (plan: object) => ({ plans: [{ out_of_time: false, ...plan }] });

/** A gate; the runs that fill the catalogue return these reports in turn. */
function gate(reports: readonly (object | Error)[]) {
  const { pass, fill } = createCatalogueGate({ sleep: async () => {} });
  const passed: string[] = [];
  const runs: unknown[] = [];
  /** Number of runs before each beat. */
  const beats: number[] = [];
  const ask = (file: string) => void pass(file).then(() => passed.push(file));
  const filled = () =>
    fill(
      async (file, event) => {
        runs.push([file, event]);
        const answer = reports[runs.length - 1];
        if (answer instanceof Error) throw answer;
        return answer;
      },
      async () => beats.push(runs.length),
    );
  return { ask, filled, passed, runs, beats };
}

test("only lists wait until the catalogue is in the cache", async () => {
  const { ask, filled, passed } = gate([report({})]);
  for (const file of ["http/list-problems", "http/list-drafts", "http/get-problem"]) ask(file);
  await turn();
  expect(passed).toEqual(["http/get-problem"]);
  await filled();
  await turn();
  expect(passed.toSorted()).toEqual(["http/get-problem", "http/list-drafts", "http/list-problems"]);
});

test("the first beat, which clears a new Redis, runs before any entry is loaded into it", async () => {
  const { filled, runs, beats } = gate([report({ out_of_time: true }), report({})]);
  await filled();
  expect(beats).toEqual([0]);
  expect(runs).toHaveLength(2);
});

test("a catalogue that one run does not load completely is completed by the next run", async () => {
  const late = report({ out_of_time: true });
  const failed = report({ error: "load_timeout" });
  const down = { plans: [] };
  const { ask, filled, passed, runs } = gate([late, failed, down, late, report({})]);
  ask("http/list-problems");
  await filled();
  await turn();
  expect(runs).toHaveLength(5);
  expect(runs[0]).toEqual(["schedule/warm-problems", { plan: "most_read" }]);
  expect(passed).toEqual(["http/list-problems"]);
});

test.each([
  ["a function that fails", [new Error("the runtime is closed")]],
  ["a service that stays down", Array.from({ length: 99 }, () => ({ plans: [] }))],
  [
    "a catalogue that no run reads completely",
    Array.from({ length: 99 }, () => report({ out_of_time: true })),
  ],
])("lists are admitted after %s too", async (_, reports) => {
  const { ask, filled, passed } = gate(reports);
  ask("http/list-problems");
  await filled();
  await turn();
  expect(passed).toEqual(["http/list-problems"]);
});
