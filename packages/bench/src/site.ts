import { existsSync, readFileSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { createClient, createDatabase, type Database } from "@algoitny/core/table/database";
import { TTL_ATTRIBUTE, tableDefinition } from "@algoitny/core/table/definition";
import { TABLE_FORMAT } from "@algoitny/core/table/format";
import { keys } from "@algoitny/core/table/keys";
import { getStored } from "@algoitny/core/table/read-items";
import { createTables } from "@algoitny/core/tables";
import { createTable } from "@algoitny/local/dynamodb/local-table";
import { copyExecutions } from "./copied-executions.ts";
import { openDirectly } from "./engine-file.ts";
import { generateProblems } from "./generated-problems.ts";
import { ROOT } from "./recorded.ts";

export const TABLE = "bench";

export const OWNER = { sub: "bench-owner", email: "owner@example.com" };

/** Sizes of the database that endpoints are measured on. */
export interface SiteSize {
  readonly problems: number;
  readonly executions: number;
}

/** Number of concurrent writes: those of one counter wait for each other anyway. */
const WRITERS = 4;

/** Highest number of executions that the application records; the others are copies of these. */
const MOST_RECORDED = 200;

/**
 * State of a folder's site: the highest id that the application gave to an execution, and whether the site is complete.
 */
interface Progress {
  readonly recordedTo: number;
  readonly isWhole: boolean;
}

const progressIn = (folder: string) => path.join(folder, "site.json");

/**
 * The folder of a site of this size, in which the database keeps it: `fillSite` fills it once. Contents that cannot be
 * continued are removed.
 */
export async function siteFolder({ problems, executions }: SiteSize): Promise<string> {
  const name = `site-${TABLE_FORMAT}-${problems}-${executions}`;
  const folder = path.join(ROOT, "packages/bench/dist", name);
  if (!existsSync(progressIn(folder))) await rm(folder, { recursive: true, force: true });
  return folder;
}

/** Fills the table in a folder unless that is done; problems are numbered from 1, executions too. */
export async function fillSite(
  endpoint: string,
  folder: string,
  size: SiteSize,
  progress: (text: string) => void,
): Promise<void> {
  const file = progressIn(folder);
  const write = (state: Progress) => writeFile(file, JSON.stringify(state));
  const before = existsSync(file)
    ? (JSON.parse(readFileSync(file, "utf8")) as Progress)
    : undefined;
  if (before?.isWhole) return;
  const { problems, executions } = size;
  const recorded = Math.min(executions, MOST_RECORDED);
  const client = createClient(endpoint);
  const db = createDatabase({ tableName: TABLE, client });
  try {
    if (before === undefined) {
      const { StreamSpecification: _, ...definition } = tableDefinition;
      const ttl = { ttlAttribute: TTL_ATTRIBUTE };
      await createTable(endpoint, { TableName: TABLE, ...definition }, ttl);
      await record(db, { problems, executions: recorded }, progress);
    }
    const counter = await getStored(db, keys.counter("history"));
    const { recordedTo } = before ?? { recordedTo: Number(counter?.["last"]) };
    await write({ recordedTo, isWhole: false });
    if (executions > recorded) {
      const { sub } = OWNER;
      using writer = openDirectly(folder, TABLE);
      const to = executions - recorded + recordedTo;
      const copies = { recordedTo, to, recorded, problems, sub };
      await copyExecutions(db, writer, copies, progress);
    }
    await write({ recordedTo, isWhole: true });
  } finally {
    client.destroy();
  }
}

/** Creates problems and executions by the application's own writes. */
async function record(
  db: Database,
  { problems: problemCount, executions }: SiteSize,
  progress: (text: string) => void,
): Promise<void> {
  const { problems, testCases, history } = createTables(db);
  const listed = generateProblems(problemCount);
  await inParallel(problemCount, (index) => {
    if (index % 500 === 0) progress(`problem ${index} of ${problemCount}`);
    const {
      id,
      created_at: _at,
      test_case_count: _count,
      ...problem
    } = listed[index] as never as {
      id: number;
      created_at: string;
      test_case_count: number;
    } & Parameters<typeof problems.create>[0];
    return problems.create({
      ...problem,
      problem_id: `${problem.problem_id}-${id}`,
      constraints: "1 ≤ n ≤ 100",
      solution_code: null,
      // A draft takes no executions.
      is_completed: true,
      execution_count: 0,
    });
  });
  const pairs = Array.from({ length: 10 }, (_, index) => ({
    input: `${index}\n`,
    output: `${index * index}\n`,
  }));
  await testCases.add(1, pairs);
  const owner = { ...OWNER, identifier: OWNER.email, admin: false };
  await inParallel(executions, (index) => {
    if (index % 500 === 0) progress(`execution ${index} of ${executions}`);
    return history.record(owner, {
      problem_id: 1 + (index % problemCount),
      language: "python",
      code: "print(int(input()) ** 2)\n",
      result_summary: null,
      passed_count: 10,
      failed_count: 0,
      total_count: 10,
      is_code_public: true,
      test_results: [],
    });
  });
}

async function inParallel(
  count: number,
  write: (index: number) => Promise<unknown>,
): Promise<void> {
  let next = 0;
  const writer = async () => {
    while (next < count) {
      const index = next;
      next += 1;
      await write(index);
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, writer));
}
