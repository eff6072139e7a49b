import type { Store } from "@algoitny/cache/store";
import { seededRandom } from "@algoitny/cache/testing/explore";
import { systemClock } from "../../../packages/cache/src/clock.ts";
import { bookServer, createLibrary, type ServerOptions } from "./book-server.ts";

export interface StormOptions {
  readonly answers: number;
  readonly seed: number;
  readonly store: Store;
  /** Breaks a rule on purpose, to show that the storm detects it. */
  readonly plant?: ServerOptions["graphql"];
  /** Responses do not inherit the tags of their entries. */
  readonly forgets?: boolean;
  /** Fault of the store, every 50 answers. */
  readonly trouble?: (roll: (sides: number) => number) => Promise<void>;
}

/** Answers between two faults of the store. */
const ANSWERS_A_TROUBLE = 50;

export interface StormResult {
  readonly answers: number;
  readonly hits: number;
  /** Hits on entries that a mutation changed less than 100 answers before. */
  readonly recentHits: number;
  readonly stale: number;
  readonly leaks: number;
}

/** Maximum number of answers between two writes. */
const MOST_ANSWERS_A_WRITE = 60;

const BOOKS = [1, 2, 3, 4, 5, 6];
const VIEWERS = ["ann", "bob", "cem", undefined];

/** Documents of the readers, which show books under aliases, in fragments, in lists and beside private fields. */
const DOCUMENTS = [
  "query A($id: ID!) { book(id: $id) { id title } }",
  "query B($id: ID!) { x: book(id: $id) { ...P } } fragment P on Book { key: id title author { name } }",
  "{ books { id title } }",
  "query C($id: ID!) { book(id: $id) { id title } me { title: contact } }",
  "{ me { contact } all: books { id title } }",
  "query D($id: ID!, $no: Boolean = false) { me @skip(if: $no) { who: contact } book(id: $id) { id title } }",
] as const;

/**
 * Readers and writers over two processes that share a store: titles are versions, so an answer that began after a mutation had
 * answered must show its version or a later one; and no answer may show another viewer's address.
 */
export async function storm({
  answers,
  seed,
  store,
  plant,
  forgets = false,
  trouble = async () => undefined,
}: StormOptions): Promise<StormResult> {
  const random = seededRandom(seed);
  const roll = (sides: number) => Math.floor(random() * sides);
  const library = createLibrary();
  library.books.clear();
  for (const id of BOOKS) library.books.set(id, { id, title: "0", author: id % 2 });
  // A load takes up to three turns of the event loop.
  library.before.load = async () => {
    for (let turns = roll(4); turns > 0; turns -= 1) await nextTurn();
  };
  const options = {
    store,
    cache: {
      clock: systemClock,
      storeTimeout: "10 minutes" as const,
      waitTimeout: "10 minutes" as const,
    },
    library,
    forgets,
    ...(plant && { graphql: plant }),
  };
  const servers = [bookServer(options), bookServer(options)] as const;
  const serverOf = () => servers[roll(2) as 0 | 1];
  const written = new Map(BOOKS.map((id) => [id, 0]));
  const acknowledged = new Map(BOOKS.map((id) => [id, 0]));
  const changedAt = new Map(BOOKS.map((id) => [id, -Infinity]));
  const result = { answers: 0, hits: 0, recentHits: 0, stale: 0, leaks: 0 };

  async function write(): Promise<void> {
    const id = BOOKS[roll(BOOKS.length)] as number;
    const version = (written.get(id) ?? 0) + 1;
    written.set(id, version);
    const query = `mutation { rename(id: ${id}, title: "${version}") { title } }`;
    const { errors } = await serverOf().ask(query);
    if (errors) throw new Error(errors[0]?.message);
    acknowledged.set(id, Math.max(version, acknowledged.get(id) ?? 0));
    changedAt.set(id, result.answers);
  }

  async function read(): Promise<void> {
    const id = BOOKS[roll(BOOKS.length)] as number;
    const user = VIEWERS[roll(VIEWERS.length)];
    const query = DOCUMENTS[roll(DOCUMENTS.length)] as string;
    const floors = new Map(acknowledged);
    const variables = query.includes("$id") ? { id: String(id) } : {};
    const { data, errors, came } = await serverOf().ask({ query, variables }, { user });
    if (errors) throw new Error(errors[0]?.message);
    result.answers += 1;
    const text = JSON.stringify(data);
    if (VIEWERS.some((each) => each && each !== user && text.includes(`${each}@`)))
      result.leaks += 1;
    const shown = booksIn(data);
    if (shown.some(([book, version]) => version < (floors.get(book) ?? 0))) result.stale += 1;
    if (came !== "hit") return;
    result.hits += 1;
    const isRecent = shown.some(([book]) => result.answers - (changedAt.get(book) ?? 0) < 100);
    if (isRecent) result.recentHits += 1;
  }

  const reader = async () => {
    while (result.answers < answers) {
      // A store in memory would answer before anything else can run.
      await nextTurn();
      await read();
    }
  };
  const writer = async () => {
    while (result.answers < answers) {
      // The pause is counted in answers, not in time: a slow machine then has as many hits as a fast one.
      const next = Math.min(answers, result.answers + roll(MOST_ANSWERS_A_WRITE));
      while (result.answers < next) await nextTurn();
      await write();
    }
  };
  const troublemaker = async () => {
    while (result.answers < answers) {
      const next = Math.min(answers, result.answers + ANSWERS_A_TROUBLE);
      while (result.answers < next) await nextTurn();
      await trouble(roll);
    }
  };
  // The first write of a process imports modules, which may take longer than all the reads.
  await write();
  // A single writer: of two concurrent renames of a book, the one with the lower version could be applied last.
  await Promise.all([...Array.from({ length: 8 }, reader), writer(), troublemaker()]);
  return result;
}

/** Every book in an answer, with its version. */
function booksIn(value: unknown): [id: number, version: number][] {
  if (Array.isArray(value)) return value.flatMap(booksIn);
  if (typeof value !== "object" || value === null) return [];
  const { id, key = id, title } = value as Record<string, unknown>;
  const isBook = typeof key === "string" && /^\d+$/.test(key) && typeof title === "string";
  return isBook
    ? [[Number(key), Number(title)]]
    : Object.values(value).flatMap((inner) => booksIn(inner));
}

const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve));
