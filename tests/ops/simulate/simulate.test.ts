import { predict } from "@algoitny/ops/simulate/formulas";
import { LoadsInOrder } from "@algoitny/ops/simulate/loads-in-order";
import { scenariosAt } from "@algoitny/ops/simulate/scenarios";
import { simulateFleet } from "@algoitny/ops/simulate/simulate-fleet";
import { expect, test } from "vitest";

const window = { warmUpMs: 3_000, countedMs: 3_000, seed: 4 };
const scenarios = scenariosAt({ reads: 300, processes: 3, problems: 300 });
const named = (name: string) => {
  const found = scenarios.find((each) => each.name === name);
  if (!found) throw new Error(`no scenario ${name}`);
  return found;
};

test.each([
  ["contest", named("contest")],
  ["edits anywhere", { ...named("edits anywhere"), edits: 10 }],
])("the formulas agree with a small simulated fleet within a fifth: %s", async (_, scenario) => {
  const { columns, failures } = await simulateFleet(scenario, window);
  const formula = predict(scenario, { from: 3, to: 6 });
  expect(failures).toBe(0);
  for (const column of ["hits", "loads", "commands", "readUnits"] as const) {
    expect(columns[column] / formula[column]).toBeGreaterThan(0.8);
    expect(columns[column] / formula[column]).toBeLessThan(1.2);
  }
});

test("made-up searches cost one command each, and no read of the database", async () => {
  const quiet = { ...named("ordinary"), reads: 0, edits: 0, executions: 0, madeUpSearches: 200 };
  const { columns, failures } = await simulateFleet(quiet, window);
  expect(failures).toBe(0);
  expect(columns).toMatchObject({ hits: 1, loads: 0, readUnits: 0 });
  expect(columns.commands).toBeGreaterThan(150);
  expect(columns.commands).toBeLessThan(250);
});

test("a rare change costs two loads of its segment, of the extent and of its detail: after its writer's invalidation, and after the stream's", () => {
  const busy = { ...named("ordinary"), reads: 10_000_000, executions: 0, imports: 0 };
  const loads = (edits: number) => predict({ ...busy, edits }, { from: 1e6, to: 1e6 + 1 }).loads;
  expect(loads(0.02) - loads(0)).toBeCloseTo(0.02 * 2 * 3, 2);
});

test("the same seed gives the same numbers", async () => {
  const short = { ...window, warmUpMs: 500, countedMs: 1_000 };
  const runs = [
    await simulateFleet(named("contest"), short),
    await simulateFleet(named("contest"), short),
  ];
  expect(runs[1]?.columns).toEqual(runs[0]?.columns);
});

test("a change may invalidate several parts of the catalogue, whose loads take different times", async () => {
  const quiet = { ...named("ordinary"), reads: 100, executions: 0, edits: 0, imports: 20 };
  const short = { ...window, warmUpMs: 200, countedMs: 300 };
  await expect(simulateFleet(quiet, short)).resolves.toMatchObject({ failures: 0 });
});

test("concurrent loads end in the order of their names, in whatever order they are ready", async () => {
  const loads = new LoadsInOrder();
  const ended: string[] = [];
  for (const name of ["c", "a", "b"]) {
    loads.begin();
    void loads.arrive(name, 1).then(() => ended.push(name));
  }
  await loads.settle();
  expect(ended).toEqual(["a", "b", "c"]);
});
