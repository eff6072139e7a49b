import { median } from "../measure.ts";
import { type Adapter, placeOf, type Subject } from "../rivals/rival.ts";
import type { Cell, Goal, RowContext, RowResult } from "../result.ts";
import { sum, type Servers, startServers } from "../servers/servers.ts";
import { loadAdapters } from "../subjects.ts";
import { copyEntries } from "../servers/copy-entries.ts";

const OURS = "@algoitny/cache";

/** Entries under one tag, and tags of one invalidation. */
const CASES = [
  { entries: 10, tags: 1 },
  { entries: 1_000, tags: 1 },
  { entries: 100_000, tags: 1 },
  { entries: 10, tags: 10 },
  { entries: 10, tags: 100 },
] as const;
type Case = (typeof CASES)[number];

const ROUNDS = { quick: 1, full: 3 } as const;

const nameOf = ({ entries, tags }: Case) =>
  `${entries.toLocaleString("en-US")} entries, ${tags} ${tags === 1 ? "tag" : "tags"}`;

/** Cases whose counts `--check` compares: the largest one takes a rival seconds. */
const isCounted = (name: string, { entries }: Case) => entries <= 1_000 || name.startsWith(OURS);

interface Outcome {
  readonly each: Case;
  readonly commands: number;
  readonly bytes: number;
  readonly ms: number;
  /** Name of the error, if the invalidation failed. */
  readonly error?: string;
  /** True if the next read loaded the entry again. */
  readonly isGone: boolean;
}

/** Invalidation of tags: its commands and its time, for growing numbers of entries and tags. */
export async function run({ scale, progress }: RowContext): Promise<RowResult> {
  const adapters = await loadAdapters();
  await using servers = await startServers();
  const outcomes = new Map<string, Outcome[]>();
  for (const adapter of adapters.values()) {
    if (adapter.name.includes("L1") || adapter.name.includes("memory")) continue;
    progress(adapter.name);
    const of: Outcome[] = [];
    for (const each of CASES.filter((one) => scale === "full" || isCounted(adapter.name, one))) {
      const rounds: Omit<Outcome, "each">[] = [];
      for (let round = 0; round < ROUNDS[scale]; round += 1) {
        const outcome = await invalidateOnce(servers, adapter, each);
        if (outcome === undefined) break;
        rounds.push(outcome);
      }
      const [first] = rounds;
      if (first) of.push({ ...first, each, ms: median(rounds.map(({ ms }) => ms)) });
    }
    if (of.length > 0) outcomes.set(adapter.name, of);
  }
  const rows = [...outcomes];
  const counts = Object.fromEntries(
    rows.flatMap(([name, of]) =>
      of
        .filter(({ each }) => isCounted(name, each))
        .map(({ commands, bytes, isGone, each }) => [
          `${name}, ${nameOf(each)}`,
          { commands, bytes, gone: isGone ? 1 : 0 },
        ]),
    ),
  );
  const table = (title: string, cell: (outcome: Outcome) => Cell, notes: string[] = []) => ({
    title,
    notes,
    columns: ["", ...CASES.map(nameOf)],
    rows: rows.map(([name, of]) => [
      name,
      ...CASES.map((each) => {
        const outcome = of.find((one) => one.each === each);
        return outcome ? cell(outcome) : null;
      }),
    ]),
  });
  return {
    tables: [
      table("Commands of one invalidation", ({ commands, error }) => error ?? commands, [
        "Each entry of a case has all of the case's tags; after each invalidation, a read had to load again.",
      ]),
      table("Milliseconds of one invalidation", ({ ms, error }) => (error ? null : ms)),
    ],
    counts,
    goals: [goalOf(outcomes.get(OURS) ?? [])],
  };
}

function goalOf(ours: readonly Outcome[]): Goal {
  const most = Math.max(...ours.map(({ commands }) => commands));
  const [few, , many] = ours;
  return {
    text: "one command, whatever the number of entries and tags",
    measured: `${most}; 100,000 entries take ${((many?.ms ?? 0) / (few?.ms ?? 1)).toFixed(2)} × the time of 10`,
    holds: ours.length === CASES.length && most === 1 && ours.every(({ isGone }) => isGone),
  };
}

async function invalidateOnce(
  servers: Servers,
  adapter: Adapter,
  { entries, tags: tagCount }: Case,
): Promise<Omit<Outcome, "each"> | undefined> {
  await servers.call("FLUSHALL");
  const subject = await adapter.open(placeOf(servers.addresses, true));
  try {
    const tags = Array.from({ length: tagCount }, (_, index) => `tag${index}`);
    if (subject.invalidateTags === undefined) return undefined;
    await subject.get("view-0-end", tags, async () => ({ id: 1 }));
    await copyEntries(servers, entries);
    const outcome = await timed(servers, subject, tags);
    let isGone = false;
    await subject.get("view-0-end", tags, async () => {
      isGone = true;
      return { id: 2 };
    });
    return { ...outcome, isGone };
  } finally {
    await subject.close();
  }
}

async function timed(servers: Servers, subject: Subject, tags: readonly string[]) {
  await servers.counts();
  const startMs = performance.now();
  const error = await Promise.resolve(subject.invalidateTags?.(tags)).then(
    () => undefined,
    (cause: unknown) => (cause instanceof Error ? cause.name : String(cause)),
  );
  const ms = performance.now() - startMs;
  const { rest, tcp } = await servers.counts();
  const sent =
    subject.transport === "REST"
      ? { commands: rest.commands, bytes: rest.bytes }
      : { commands: sum(Object.values(tcp.commands)), bytes: tcp.bytes };
  return { ...sent, ms, ...(error !== undefined && { error }) };
}
