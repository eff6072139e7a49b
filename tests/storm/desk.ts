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
  /** Writes to the table directly, without the API. */
  db: Database;
  /** Resolves when the stream has delivered every change made so far. */
  drained: () => Promise<void>;
  random: () => number;
  /** The writer. */
  person: Person;
  admin: Person;
  others: readonly Person[];
  mix: Mix;
  /** Problems with a write in progress: after two concurrent writes the state would be unknown. */
  taken: Set<number>;
  /** True from the start of a Redis fault until functions use Redis again: only then may writes that hide data be refused. */
  mayRefuse: () => boolean;
  /** A text that was never used before. */
  text: (word: string) => string;
}

/** Reads that a write affects: cheap ones, and those that load the whole catalogue on a miss. */
export interface Written {
  near: Question[];
  far: Question[];
}

/** An unexpected event: the run cannot continue, because the state of the database is no longer known. */
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
  /** Subjects of the write, such as `problem 7`. */
  about: readonly string[];
  /** Description, such as `renames problem 7`. */
  what: string;
}

/** Pause and attempts of a write that hides data: it is refused while Redis accepts no announcement. */
const RETRY_MS = 100;
const TRIES = 300;

/**
 * Sends a write through the API and records it in the journal; the answer must be a 200 or 201, with the expected text
 * if one is given.
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
      `${method} ${path} answered differently from its GET: ${different(reply.body, expected)}`,
    );
  return reply;
}
