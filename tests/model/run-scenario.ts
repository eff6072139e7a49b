import { TestStore } from "@algoitny/cache/testing";
import { type Choices, Scheduler } from "@algoitny/cache/testing/explore";
import type { Complaint } from "./complaint.ts";
import { Database } from "./model-database.ts";
import { History } from "./call-history.ts";
import { type Mutation, startInstance } from "./cache-instance.ts";
import { perform } from "./actors.ts";
import { judgeWait } from "./promises.ts";
import type { Actor, Scenario } from "./scenario.ts";
import type { Instance, World } from "./world.ts";

/** Result of one run. */
export interface Run {
  /** Broken promise; undefined when all were kept. */
  readonly complaint: Complaint | undefined;
  readonly choices: readonly number[];
  readonly steps: number;
}

export interface RunOptions {
  mutation?: Mutation | undefined;
  /** Receives the lines of the timeline. */
  timeline?: (atMs: number, who: string, what: string) => void;
}

/** Runs a scenario in the order of the choices. */
export async function run(
  scenario: Scenario,
  choices: Choices,
  { mutation = {}, timeline }: RunOptions = {},
): Promise<Run> {
  const scheduler = new Scheduler({ choices, ...scenario });
  const instances: Instance[] = [];
  const { now } = scheduler;
  const START_MS = now();
  const world: World = {
    scenario,
    choices,
    scheduler,
    database: new Database(["a", "b"], now),
    store: new TestStore({ now, lagMs: scenario.lagMs, seen: (most) => choices.pick(most + 1) }),
    instances,
    history: new History(now),
    queue: [],
    mistake: mutation.mistake,
    underWay: new Map(),
    storeIsDown: false,
    storeIsFull: false,
    restarts: 0,
    log: timeline && ((who, what) => timeline(now() - START_MS, who, what())),
  };
  for (let index = 0; index < scenario.instances; index += 1)
    instances.push(startInstance(world, index, mutation));
  const { history } = world;
  const note = (error: unknown) =>
    history.complain({ promise: "only loads make reads fail", text: String(error) });
  const inTurn = async (actors: readonly Actor[]) => {
    for (const actor of actors) await perform(world, actor);
  };
  const parts = [
    () => inTurn(scenario.prologue),
    () => Promise.all(scenario.actors.map((actor) => perform(world, actor))),
    () => inTurn(scenario.epilogue),
  ];
  for (const part of parts) {
    part().catch(note);
    const ended = await scheduler.run(() => history.complaint !== undefined);
    if (!ended) history.complain({ promise: "reads end in time", text: "the run never ends" });
    if (history.complaint !== undefined) break;
  }
  noteUnended(world);
  return { complaint: history.complaint, choices: choices.taken, steps: scheduler.step };
}

/** A read that is still pending when no step is possible any more would wait forever. */
function noteUnended(world: World): void {
  const { history } = world;
  if (history.complaint !== undefined) return;
  for (const read of history.reads) {
    const complaint = read.end === undefined ? judgeWait(world, read) : undefined;
    if (complaint === undefined) continue;
    const text = `${read.instance.name}'s read of ${read.resource}:${read.key} ${complaint.text}`;
    history.complain({ ...complaint, text });
  }
}
