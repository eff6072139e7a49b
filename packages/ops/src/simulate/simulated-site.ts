import type { LoadReads, Tag } from "@algoitny/cache";
import { tagsFor } from "@algoitny/core/invalidation-rules";
import { History } from "@algoitny/core/history/history";
import { Problem } from "@algoitny/core/problem/problem";
import type { Change } from "@algoitny/core/table/entities";
import { PROBLEMS_PER_PARTITION, partitionOf } from "@algoitny/core/table/keys";
import type { Tables } from "@algoitny/core/tables";
import { UserStatsItem } from "@algoitny/core/user/user";
import type { Counts } from "./counted-store.ts";
import { PLATFORMS, VIEWERS } from "./scenarios.ts";

/**
 * Read units and time of a load. Units are those that tests measure over DynamoDB (`feed-depth`, docs/scale.md): a segment's
 * are those of 1,000 problems of 267 bytes; times are a guess, 5 ms a request.
 */
export const LOADS = {
  extent: { units: 1, ms: 5 },
  segment: { units: 71, ms: 60 },
  detail: { units: 5, ms: 10 },
  testCases: { units: 3, ms: 10 },
  history: { units: 46, ms: 20 },
  stats: { units: 1, ms: 5 },
} as const;

export type LoadKind = keyof typeof LOADS;

const WORDS = "watermelon matrix graph tree string path sum prime array game knight bridge".split(
  " ",
);

/** The word that a search contains: the first terms are words of titles. */
export const termAt = (index: number): string => {
  const word = WORDS[index % WORDS.length] as string;
  return index < WORDS.length ? word : `${word} ${Math.floor(index / WORDS.length)}`;
};

/** Problems and people instead of a table: the data that the views' loads request, with its cost. */
export function createSite(
  problems: number,
  {
    counts,
    sleep,
    onLoaded,
  }: { counts: Counts; sleep: (ms: number) => Promise<void>; onLoaded: () => void },
) {
  let last = problems;
  let edition = 0;
  const made = new Map<number, Problem>();
  const at = (id: number): Problem => {
    const problem = made.get(id) ?? problemAt(id);
    made.set(id, problem);
    return problem;
  };

  async function load<Value>(kind: LoadKind, make: () => Value): Promise<Value> {
    counts.loads += 1;
    counts.readUnits += LOADS[kind].units;
    await sleep(LOADS[kind].ms);
    onLoaded();
    return make();
  }

  const tablesFor = (reads?: LoadReads) => ({
    problems: {
      lastId: () => load("extent", () => last),
      listPartition: (partition: number) =>
        load("segment", () =>
          Array.from(
            { length: PROBLEMS_PER_PARTITION },
            (_, place) => partition * PROBLEMS_PER_PARTITION + place,
          )
            .filter((id) => id > 0 && id <= last)
            .toReversed()
            .map(at),
        ),
      getWithBody: async (id: number) => {
        await reads?.before([namesOfDetail(id).map((tag) => ({ tag, words: tag }))]);
        return load("detail", () => ({ problem: at(id), body: undefined, damage: undefined }));
      },
      // The list of test cases reads the head first; the cases of a detail are part of its own load.
      get: (id: number) => load("testCases", () => at(id)),
    },
    testCases: { list: async () => [] },
    history: {
      page: () => load("history", () => ({ rows: ROWS, next: ROWS.length, count: 10_000_000 })),
    },
    users: { getStats: () => load("stats", () => undefined) },
  });

  function rename(id: number): Change[] {
    const before = at(id);
    edition += 1;
    const after = { ...before, title: `${before.title.split("/")[0]}/${edition}` };
    made.set(id, after);
    return [{ entity: "problem", before, after }];
  }

  function add(): Change[] {
    last += 1;
    const partition = { lastPartition: partitionOf(last) };
    const moved = partitionOf(last - 1) !== partition.lastPartition;
    return [
      { entity: "problem", before: null, after: at(last) },
      ...(moved ? [{ entity: "problem_counter" as const, before: null, after: partition }] : []),
    ];
  }

  return {
    /** The tables that views load from, and no others. */
    tables: async (reads?: LoadReads) => tablesFor(reads) as unknown as Tables,
    rename,
    add,
    execute: (id: number, viewer: number): Change[] => execution(at(id), viewer),
    get last() {
      return last;
    },
  };
}

export const subOf = (viewer: number): string => `user-${viewer % VIEWERS}`;

export const platformOf = (id: number): string => PLATFORMS[id % PLATFORMS.length] as string;

function problemAt(id: number): Problem {
  const title = [id, id * 7, id * 13].map((each) => WORDS[each % WORDS.length]).join(" ");
  return Problem.parse({
    id,
    platform: platformOf(id),
    problem_id: `${id}A`,
    title,
    tags: ["math", "implementation"],
    is_completed: true,
    created_at: new Date(1_600_000_000_000 + id * 3_600_000).toISOString(),
  });
}

/** Rows of a page of `/history/`, with some code each. */
const ROWS = Array.from({ length: 20 }, (_, index) => rowAt(problemAt(index + 1), index));

function rowAt(problem: Problem, viewer: number): History {
  return History.parse({
    id: viewer + 1,
    sub: subOf(viewer),
    user: viewer + 1,
    problem: problem.id,
    platform: problem.platform,
    problem_number: problem.problem_id,
    problem_title: problem.title,
    language: "python",
    is_code_public: true,
    code: "print(sum(map(int, input().split())))\n".repeat(10),
  });
}

/** The changes that the writer of a public execution reports, and after it the stream. */
function execution({ id, platform, problem_id }: Problem, viewer: number): Change[] {
  const sub = subOf(viewer);
  return [
    { entity: "history", before: null, after: { ...(ROWS[0] as History), sub } },
    { entity: "problem_runs", before: null, after: { problem: id, platform, problem_id, runs: 1 } },
    { entity: "user_stats", before: null, after: UserStatsItem.parse({ sub }) },
  ];
}

/** Names of what a problem's detail reads, as its entry carries them: head, body, counts of executions and test cases. */
const namesOfDetail = (id: number): Tag[] =>
  ["head", "body", "runs", "cases"].map((part) => nameOf(part, id));

const nameOf = (part: string, id: number) =>
  `d:${part}${String(id).padStart(16 - part.length, "0")}` as Tag;

/** Tags of the rules, and the names of what details have read. */
export const tagsOf = (changes: readonly Change[]): Tag[] => [
  ...tagsFor(changes),
  ...changes.flatMap((change) => {
    if (change.entity === "problem")
      return nameOf("head", (change.after ?? change.before)?.id ?? 0);
    return change.entity === "problem_runs" ? nameOf("runs", change.after?.problem ?? 0) : [];
  }),
];
