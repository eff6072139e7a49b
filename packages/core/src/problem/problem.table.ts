import * as z from "zod/mini";
import { damageOf, type UnreadableItemError } from "../table/attributes.ts";
import { lastId } from "../table/counter.ts";
import type { Database } from "../table/database.ts";
import type { Written } from "../table/entities.ts";
import { keys } from "../table/keys.ts";
import { getItem } from "../table/read-items.ts";
import { type Problem, type ProblemBody, ProblemKeyItem } from "./problem.ts";
import type { ProblemInput, ProblemPatch } from "./problem-input.ts";
import {
  getBodies,
  getHead,
  getHeads,
  getStoredProblem,
  listBodies,
  listPartition,
  type ProblemWithBody,
} from "./problem-reads.ts";
import { countRuns, executionsOf } from "./problem-runs.ts";
import type { Precondition } from "../validators.ts";
import { changeProblem, createProblem, removeProblem } from "./problem-writes.ts";

/** A problem; `damage` says why it cannot be shown, if one of its attributes cannot be read. */
export interface ReadProblem extends ProblemWithBody {
  damage: UnreadableItemError | undefined;
}

/**
 * Problems, including deleted ones, in their current state. Besides the errors named at each method, a write throws a CoreError
 * `precondition_failed` if its precondition does not hold, and `conflict` if concurrent writes come first in all of its attempts.
 */
export interface ProblemTable {
  /**
   * The readable part of the head: enough to decide who may see it. Its `execution_count` is the stored one: what the problem's counters
   * have counted since then is not added.
   */
  get(id: number): Promise<Problem | undefined>;
  getWithBody(id: number): Promise<ReadProblem | undefined>;
  findId(platform: string, problemId: string): Promise<number | undefined>;
  /** The highest id given so far; 0: there has never been a problem. */
  lastId(): Promise<number>;
  /** Heads of several problems, in the order of the ids, without absent and unreadable ones. */
  getHeads(ids: readonly number[]): Promise<Problem[]>;
  /** Readable problems of one partition, newest first. */
  listPartition(partition: number): Promise<Problem[]>;
  /** Readable bodies of some problems, by id. */
  getBodies(ids: readonly number[]): Promise<Map<number, ProblemBody>>;
  /** Readable bodies of all problems, by id: much cheaper than `getBodies` if most of them are needed. */
  listBodies(): Promise<Map<number, ProblemBody>>;
  /** Throws a CoreError: `conflict` when the platform already has the problem id, `too_large`. */
  create(input: ProblemInput): Promise<Written>;
  /** Throws a CoreError: `not_found`, `conflict` when the new platform and problem id are taken, `too_large`. */
  change(id: number, patch: ProblemPatch, precondition?: Precondition): Promise<Written>;
  /** Marks a problem as deleted; throws a CoreError (`not_found`) when there is none, or it is deleted already. */
  remove(id: number, precondition?: Precondition): Promise<Written>;
}

export function createProblemTable(db: Database, { now }: { now: () => number }): ProblemTable {
  return {
    get: async (id) => (await getHead(db, id))?.row,
    getWithBody: async (id) => {
      const [found, runs] = await Promise.all([getStoredProblem(db, id), countRuns(db, id)]);
      const { head, body } = found ?? {};
      const executed = (row: Problem) => ({ ...row, execution_count: executionsOf(row, runs) });
      return head && { problem: executed(head.row), body: body?.row, damage: damageOf(head, body) };
    },
    findId: async (platform, problemId) =>
      (
        await getItem(
          db,
          keys.problemKey(platform, problemId),
          z.pick(ProblemKeyItem, { id: true }),
        )
      )?.id,
    lastId: () => lastId(db, "problem"),
    getHeads: (ids) => getHeads(db, ids),
    listPartition: (partition) => listPartition(db, partition),
    getBodies: (ids) => getBodies(db, ids),
    listBodies: () => listBodies(db),
    create: (input) => createProblem(db, input, now()),
    change: (id, patch, precondition) =>
      changeProblem(db, id, patch, { nowMs: now(), precondition }),
    remove: (id, precondition) => removeProblem(db, id, { nowMs: now(), precondition }),
  };
}
