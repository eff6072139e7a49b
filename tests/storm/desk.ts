import { setTimeout as sleep } from "node:timers/promises";
import type { Database } from "@algoitny/core/table/database";
import type { Api, Reply } from "./storm-api.ts";
import type { Mix } from "./mixes.ts";
import type { Journal } from "./journal.ts";
import { different, type Question } from "./question.ts";
import type { Person, State } from "./state.ts";

/** Tools of one writer. */
export interface Desk {
  state: State;
  api: Api;
  journal: Journal;
  /** For changes behind the API's back. */
  db: Database;
  /** Resolves when the stream has delivered every change made so far. */
  drained: () => Promise<void>;
  random: () => number;
  /** The writer. */
  person: Person;
  admin: Person;
  others: readonly Person[];
  mix: Mix;
  /** Problems that a writer is writing to: after two concurrent writes the state would be unknown. */
  taken: Set<number>;
  /** True while Redis has a fault, and until functions try it again: writes that hide may be refused then, and only then. */
  mayRefuse: () => boolean;
  /** A text that was never used before. */
  text: (word: string) => string;
}

/** Reads affected by a write: cheap ones, and those that load the whole catalogue when they miss. */
export interface Written {
  near: Question[];
  far: Question[];
}

/** Something that the storm did not expect: the run cannot go on, for it no longer knows the database. */
export class StormError extends Error {
  override readonly name = "StormError";
}

export function pick<T>({ random }: Pick<Desk, "random">, items: readonly T[]): T {
  if (items.length === 0) throw new RangeError("there is nothing to pick from");
  return items[Math.floor(random() * items.length)] as T;
}

/** The items in random order. */
export function shuffled<T>({ random }: Pick<Desk, "random">, items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, place: random() }))
    .toSorted((left, right) => left.place - right.place)
    .map(({ item }) => item);
}

export const anyProcess = ({ api, random }: Pick<Desk, "api" | "random">): number =>
  Math.floor(random() * api.processes);

interface Request {
  method: string;
  path: string;
  as: Person;
  body?: unknown;
  /** Subjects of the write: `problem 7`. */
  about: readonly string[];
  /** In words: `renames problem 7`. */
  what: string;
}

/** Pause and attempts of a hiding write, which is refused, and not written, while Redis takes no announcement. */
const RETRY_MS = 100;
const TRIES = 300;

/**
 * Sends a write through the API and notes it in the journal; its answer must be a 200 or 201, and this text if one is
 * known.
 */
export async function send(desk: Desk, request: Request, expected?: string): Promise<Reply> {
  const { journal, api, person } = desk;
  const { method, path, as, body, about, what } = request;
  const process = anyProcess(desk);
  const ask = async () => {
    journal.note(about, `write   ${person.name} ${what}, sent to process ${process}`);
    const answer = await api.send(method, path, as, process, body);
    journal.note(about, `write   ${person.name} ${what}: ${answer.status}`);
    return answer;
  };
  let reply = await ask();
  for (let left = TRIES; reply.status === 503 && left > 0 && desk.mayRefuse(); left -= 1) {
    await sleep(RETRY_MS);
    reply = await ask();
  }
  if (reply.status !== 200 && reply.status !== 201)
    throw new StormError(
      `${method} ${path} by ${person.name} answered ${reply.status}: ${reply.body}`,
    );
  if (expected !== undefined && reply.body !== expected)
    throw new StormError(
      `${method} ${path} answered otherwise than its GET: ${different(reply.body, expected)}`,
    );
  return reply;
}
