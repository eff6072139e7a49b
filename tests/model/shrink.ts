import { type Choices, replayChoices, seededChoices } from "@algoitny/cache/testing/explore";
import type { Complaint } from "./complaint.ts";
import type { Mutation } from "./cache-instance.ts";
import { type Run, run } from "./run-scenario.ts";
import type { Actor, Operation, Scenario } from "./scenario.ts";

/** A run that breaks a promise: its events and their order. */
export interface Counterexample {
  readonly scenario: Scenario;
  readonly choices: readonly number[];
  readonly complaint: Complaint;
}

/** Number of new random orders to try when the old order, with or without a piece, no longer breaks a promise. */
const DRAWN_ORDERS = 30;

/** Removes everything that a counterexample does not need: operations first, then faults, then switches. */
export async function shrink(found: Counterexample, mutation?: Mutation): Promise<Counterexample> {
  let best = found;
  for (let smaller: Counterexample | undefined = found; smaller !== undefined;) {
    best = smaller;
    smaller = await firstBroken(best, simplerScenarios(best.scenario), mutation);
  }
  return withFewerSwitches(best, mutation);
}

/** The first of the scenarios that breaks the same promise in some order. */
async function firstBroken(
  found: Counterexample,
  scenarios: Iterable<Scenario>,
  mutation: Mutation | undefined,
): Promise<Counterexample | undefined> {
  for (const scenario of scenarios) {
    for (const order of orders(found.choices)) {
      const broken = brokenAlike(found, scenario, await run(scenario, order, { mutation }));
      if (broken) return broken;
    }
  }
  return undefined;
}

/** The old order; the old order without any one block of choices that may belong to the removed operation; new random orders. */
function* orders(choices: readonly number[]): Generator<Choices> {
  yield replayChoices(choices);
  for (let start = 0; start < choices.length; start += start === 0 ? 2 : 6) {
    for (const length of start === 0 ? FIRST_PIECES : PIECES)
      yield replayChoices([...choices.slice(0, start), ...choices.slice(start + length)]);
  }
  for (let seed = 1; seed <= DRAWN_ORDERS; seed += 1) yield seededChoices(seed);
}

/** Numbers of choices that one operation may take: up to forty at the beginning, where others rarely interfere. */
const FIRST_PIECES = Array.from({ length: 40 }, (_, index) => index + 1);
const PIECES = [2, 5, 10];

function brokenAlike(
  found: Counterexample,
  scenario: Scenario,
  { complaint, choices }: Run,
): Counterexample | undefined {
  return complaint?.promise === found.complaint.promise
    ? { scenario, choices, complaint }
    : undefined;
}

const PARTS = ["prologue", "actors", "epilogue"] as const;

/** The scenario with one element removed, the largest elements first. */
function* simplerScenarios(scenario: Scenario): Generator<Scenario> {
  for (const part of PARTS) {
    for (const actor of scenario[part])
      yield { ...scenario, [part]: scenario[part].filter((each) => each !== actor) };
  }
  for (const part of PARTS) {
    for (const actor of scenario[part]) {
      for (const operations of shorter(actor.operations)) {
        const lighter: Actor = { ...actor, operations };
        yield {
          ...scenario,
          [part]: scenario[part].map((each) => (each === actor ? lighter : each)),
        };
      }
    }
  }
  if (scenario.instances > 1 && !usesInstance(scenario, scenario.instances - 1))
    yield { ...scenario, instances: scenario.instances - 1 };
  for (const calm of ["lagMs", "storeTrouble", "loadTrouble", "hurrying"] as const)
    if (scenario[calm] > 0) yield { ...scenario, [calm]: 0 };
  for (const plain of ["defers", "asksPrimary"] as const)
    if (scenario[plain]) yield { ...scenario, [plain]: false };
}

function* shorter(operations: readonly Operation[]): Generator<readonly Operation[]> {
  if (operations.length < 2) return;
  for (const operation of operations) yield operations.filter((each) => each !== operation);
}

function usesInstance(scenario: Scenario, index: number): boolean {
  const actors = PARTS.flatMap((part) => scenario[part]);
  return actors.some(
    ({ instance, operations }) =>
      instance === index ||
      operations.some((each) => "instance" in each && each.instance === index),
  );
}

/** Replaces as many choices as possible by the ordinary one, in ever smaller blocks. */
async function withFewerSwitches(
  found: Counterexample,
  mutation: Mutation | undefined,
): Promise<Counterexample> {
  const { scenario } = found;
  let best = found;
  for (let size = best.choices.length; size >= 1; size = Math.floor(size / 2)) {
    for (let start = 0; start < best.choices.length; start += size) {
      const end = start + size;
      if (best.choices.slice(start, end).every((choice) => choice === 0)) continue;
      const choices = best.choices.map((choice, index) =>
        index >= start && index < end ? 0 : choice,
      );
      const outcome = await run(scenario, replayChoices(choices), { mutation });
      best = brokenAlike(best, scenario, outcome) ?? best;
    }
  }
  return best;
}
