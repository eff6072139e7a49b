import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import type { Book, GraphQLSubject, OpenGraphQL, Shelf } from "../graphql-subject.ts";
import { type Amount, interleave, type Timed } from "../measure.ts";
import { oursGraphQL } from "../ours/ours-graphql.ts";
import { placeOf } from "../rivals/rival.ts";
import type { Cell, RowContext, RowResult } from "../result.ts";
import { type Servers, startServers, sum } from "../servers/servers.ts";

const OURS = "@algoitny/cache";
const BOOKS = 100;

const ONE = "{ book(id: 7) { id title } }";
const OTHER = "{ book(id: 8) { id title } }";
const ALL = "{ books { id title } }";
let renames = 0;
const rename = () => `mutation { rename(id: 7, title: "Title ${(renames += 1)}") { id title } }`;

const AMOUNTS = {
  quick: { rounds: 2, operations: 3 },
  full: { rounds: 15, operations: 40, warmUp: 600 },
} as const;

/** Time for requests that a server sends without awaiting them. */
const SETTLE_MS = 50;

interface Sent {
  readonly commands: number;
  readonly trips: number;
}

/** Responses of GraphQL servers: hits, a miss of 100 rows, a mutation, and a query that a mutation overtakes. */
export async function run({ scale, progress }: RowContext): Promise<RowResult> {
  await using servers = await startServers();
  const opens = [...oursGraphQL, ...(await loadYogas())];
  const work = new Map<string, Record<string, Sent>>();
  const races = new Map<string, string>();
  for (const open of opens) {
    await servers.call("FLUSHALL");
    const shelf = createShelf();
    const subject = await open(placeOf(servers.addresses, true), shelf);
    progress(`counts, ${subject.name}`);
    const { name } = subject;
    const sent = (query: () => string) => sentBy(servers, subject, query());
    await sent(() => ONE);
    // The first look that follows the tags of a response loads its script into the server.
    await sent(() => OTHER);
    const miss = await sent(() => ALL);
    // Value tags are known from the second look on.
    await sent(() => ALL);
    const hit = await sent(() => ALL);
    const mutation = await sent(rename);
    work.set(name, { "hit of 100 rows": hit, "miss of 100 rows": miss, mutation });
    races.set(name, await overtaken(subject, shelf));
    await subject.close();
  }
  progress("times");
  const times = await timesOf(servers, opens, AMOUNTS[scale]);
  const names = [...work.keys()];
  const of = (name: string): readonly Cell[] =>
    Object.values(work.get(name) ?? {}).map(({ commands, trips }) =>
      commands === trips ? commands : `${commands} in ${trips}`,
    );
  const ms = (name: string, what: string): Timed | undefined => times.get(`${name}, ${what}`);
  return {
    tables: [
      {
        title: "GraphQL: commands, and a query that a mutation overtakes",
        notes: [
          "While a query loads, a mutation changes the loaded data and ends; then the query ends, and the same query is sent again. `old`: its answer shows the data from before the mutation. A cell has the commands and, where they differ, `in` the round trips that they take. 100 rows are a list of 100 objects.",
        ],
        columns: ["", "hit of 100 rows", "miss of 100 rows", "mutation of one", "overtaken query"],
        rows: names.map((name) => [name, ...of(name), races.get(name) ?? null]),
      },
      {
        title: "GraphQL: times",
        columns: ["", "hit of one, ms", "hit of 100 rows, ms", "CPU of a hit of 100 rows, ms"],
        rows: names.map((name) => [
          name,
          ms(name, "one")?.ms ?? null,
          ms(name, "all")?.ms ?? null,
          ms(name, "all")?.cpuMs ?? null,
        ]),
      },
    ],
    counts: Object.fromEntries(
      names
        .filter((name) => name.startsWith(OURS))
        .flatMap((name) =>
          Object.entries(work.get(name) ?? {}).map(([what, { commands }]) => [
            `${name}, ${what}`,
            { commands },
          ]),
        ),
    ),
    goals: [
      {
        text: "a query after a mutation shows the change, even if an earlier query was in progress",
        measured: names
          .filter((name) => name.startsWith(OURS))
          .map((name) => races.get(name))
          .join(", "),
        holds: names.every((name) => !name.startsWith(OURS) || races.get(name) === "new"),
      },
    ],
  };
}

async function loadYogas(): Promise<readonly OpenGraphQL[]> {
  const url = pathToFileURL(path.join(import.meta.dirname, "../rivals/yoga.ts")).href;
  return ((await import(url)) as { yogas: readonly OpenGraphQL[] }).yogas;
}

interface HeldShelf extends Shelf {
  /** Blocks the next read of a book until `release` is called; `began` resolves when that read has begun. */
  hold(): { began: Promise<void>; release: () => void };
}

function createShelf(): HeldShelf {
  const books = new Map(
    Array.from({ length: BOOKS }, (_, index): [string, Book] => [
      String(index),
      { id: String(index), title: `Book ${index}` },
    ]),
  );
  let held: { began: PromiseWithResolvers<void>; until: PromiseWithResolvers<void> } | undefined;
  return {
    async read(id) {
      const book = books.get(id) as Book;
      const holding = held;
      held = undefined;
      holding?.began.resolve();
      await holding?.until.promise;
      return book;
    },
    list: async () => [...books.values()],
    async rename(id, title) {
      books.set(id, { id, title });
    },
    hold() {
      held = { began: Promise.withResolvers(), until: Promise.withResolvers() };
      const { began, until } = held;
      return { began: began.promise, release: () => until.resolve() };
    },
  };
}

async function overtaken(subject: GraphQLSubject, shelf: HeldShelf): Promise<string> {
  await subject.ask(rename());
  await sleep(SETTLE_MS);
  const { began, release } = shelf.hold();
  const asked = subject.ask(ONE);
  await began;
  await subject.ask(rename());
  const title = `Title ${renames}`;
  await sleep(SETTLE_MS);
  release();
  await asked;
  await sleep(SETTLE_MS);
  return (await subject.ask(ONE)).includes(`"${title}"`) ? "new" : "**old**";
}

async function sentBy(servers: Servers, subject: GraphQLSubject, query: string): Promise<Sent> {
  await servers.counts();
  const body = await subject.ask(query);
  if (!body.includes('"data"') || body.includes('"errors"')) throw new Error(body);
  await sleep(SETTLE_MS);
  const { rest, tcp } = await servers.counts();
  return subject.transport === "REST"
    ? { commands: rest.commands, trips: rest.requests }
    : { commands: sum(Object.values(tcp.commands)), trips: tcp.roundTrips };
}

async function timesOf(servers: Servers, opens: readonly OpenGraphQL[], amount: Amount) {
  const place = placeOf(servers.addresses, false);
  const subjects = [];
  for (const open of opens) {
    // Their keys differ by library, but not between our two protocols: these share their entries.
    const subject = await open(place, createShelf());
    for (const query of [ONE, ALL, ONE, ALL]) await subject.ask(query);
    subjects.push(subject);
  }
  const times = await interleave(
    subjects.flatMap((subject) => [
      { name: `${subject.name}, one`, run: () => subject.ask(ONE) },
      { name: `${subject.name}, all`, run: () => subject.ask(ALL) },
    ]),
    amount,
  );
  await Promise.all(subjects.map((subject) => subject.close()));
  return times;
}
