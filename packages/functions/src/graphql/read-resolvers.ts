import { readView, restrict, view } from "@algoitny/cache/graphql";
import { HistoryQuery } from "@algoitny/core/history/history-query";
import type { HistoryDetail, HistoryRow } from "@algoitny/core/history/history.answers";
import { historyDetail, searchHistory } from "@algoitny/core/history/history.resources";
import { IdParameter } from "@algoitny/core/parameter";
import { ProblemListQuery } from "@algoitny/core/problem/problem-query";
import type { ProblemDetail, ProblemListItem } from "@algoitny/core/problem/problem.answers";
import {
  problemDetail,
  problemDrafts,
  problemList,
  problemPages,
  problemRegistered,
} from "@algoitny/core/problem/problem.resources";
import type { ProblemDetailParams } from "@algoitny/core/problem/problem-params";
import { userStats } from "@algoitny/core/user/user.resources";
import { parseValue } from "../endpoint/input.ts";
import { badRequest } from "../endpoint/http-error.ts";
import { ByKey } from "../endpoint/path.ts";
import { connect, type ConnectionArgs, type ListPage } from "./connection.ts";
import { type GraphQLContext, requireAdmin } from "./graphql-context.ts";

/** Page length of REST when a client does not choose one: connections read the same entries. */
const PROBLEMS_A_PAGE = 100;
const EXECUTIONS_A_PAGE = 20;

export interface ProblemRef {
  readonly id?: string;
  readonly key?: { readonly platform: string; readonly problemId: string };
}

/** REST's integer for an id; throws a 400 for anything else. */
export const idOf = (id: string, name = "id"): number => parseValue(name, IdParameter, id);

/** Parameters of the detail of the problem that a reference names. */
export function detailParams({ id, key }: ProblemRef, admin: boolean): ProblemDetailParams {
  if (id !== undefined) return { id: idOf(id), admin };
  const { platform = "", problemId = "" } = key ?? {};
  return { ...parseValue("key", ByKey, { platform, problem_id: problemId }), admin };
}

type ProblemParent = ProblemListItem | ProblemDetail;
type ExecutionParent = HistoryRow | HistoryDetail;

/** A field that list rows lack: it comes from the problem's detail, as its own GET shows it. */
const ofDetail =
  <Field extends keyof ProblemDetail>(field: Field) =>
  async (parent: ProblemParent, _: unknown, { admin }: GraphQLContext) =>
    (await detailOf(parent, admin))?.[field] ?? null;

async function detailOf(parent: ProblemParent, admin: boolean): Promise<ProblemDetail | undefined> {
  if ("test_cases" in parent) return parent;
  return (await readView(problemDetail, { id: parent.id, admin })).value();
}

/** A field that feed rows lack: it comes from the execution's detail, as the caller may see it. */
const ofExecution =
  <Value>(pick: (detail: HistoryDetail) => Value) =>
  async (parent: ExecutionParent, _: unknown, { sub }: GraphQLContext) => {
    const detail = await executionOf(parent, sub);
    return detail ? pick(detail) : null;
  };

async function executionOf(parent: ExecutionParent, viewer: string | undefined) {
  if ("test_results" in parent) return parent;
  return (await readView(historyDetail, { id: parent.id, viewer })).value();
}

interface ListArgs extends ConnectionArgs {
  readonly platform?: string | null;
  readonly search?: string | null;
}

async function listProblems({ platform, search, ...args }: ListArgs, { source }: GraphQLContext) {
  return connect(args, PROBLEMS_A_PAGE, async (page): Promise<ListPage<ProblemListItem>> => {
    const query = parseValue("problems", ProblemListQuery, {
      ...(platform != null && platform !== "" && { platform }),
      ...(search != null && search !== "" && { search }),
      page: String(page + 1),
    });
    if (problemPages.areWanted(query)) {
      const entry = await readView(problemList, query);
      return { rows: await entry.value(), total: totalOf(entry) };
    }
    // Any other page, such as one of a search requested for the first time, is computed, and its response is not
    // stored.
    restrict({ maxAgeMs: 0 });
    const { rows, total } = rowsOf(await problemPages.compute(query, source));
    return { rows, total };
  });
}

function totalOf({ entry }: { entry: { header: { headers: Readonly<Record<string, string>> } } }) {
  return Number(entry.header.headers["x-total-count"] ?? 0);
}

function rowsOf({ rows, total }: { rows: string; total: number }): ListPage<ProblemListItem> {
  return { rows: JSON.parse(rows) as ProblemListItem[], total };
}

type PageOf = (asked: { page: number; page_size: number }) => Promise<ListPage<ProblemListItem>>;

/** An admins' list. Its rows contain the solution as plain text, so `solutionCode` comes from the detail, in base64. */
const adminList =
  (pageOf: PageOf) => async (_: unknown, args: ConnectionArgs, context: GraphQLContext) => {
    requireAdmin(context);
    return connect(args, PROBLEMS_A_PAGE, async (page) =>
      pageOf({ page: page + 1, page_size: PROBLEMS_A_PAGE }),
    );
  };

const feed =
  (isMine: (args: { mine?: boolean | null }) => boolean) =>
  async (_: unknown, args: ConnectionArgs & { mine?: boolean | null }, { sub }: GraphQLContext) =>
    connect(args, EXECUTIONS_A_PAGE, async (page): Promise<ListPage<HistoryRow>> => {
      const offset = page * EXECUTIONS_A_PAGE;
      const query = parseValue("executions", HistoryQuery, {
        offset: String(offset),
        my_only: String(isMine(args)),
      });
      const { results, count } = await (
        await readView(searchHistory, { ...query, viewer: sub })
      ).value();
      return { rows: results, total: count };
    });

const counts = (byName: Readonly<Record<string, number>>) =>
  Object.entries(byName).map(([name, count]) => ({ name, count }));

export const readResolvers = {
  Query: {
    problem: view(problemDetail, ({ by }: { by: ProblemRef }, { admin }: GraphQLContext) => {
      if ((by.id === undefined) === (by.key === undefined))
        throw badRequest([{ path: "by", message: "give an id or a key" }]);
      return detailParams(by, admin);
    }),
    problems: async (_: unknown, args: ListArgs, context: GraphQLContext) =>
      listProblems(args, context),
    executions: feed(({ mine }) => mine ?? false),
    execution: view(historyDetail, ({ id }: { id: string }, { sub }: GraphQLContext) => ({
      id: idOf(id),
      viewer: sub,
    })),
    viewer: async (_: unknown, __: unknown, { sub, admin }: GraphQLContext) =>
      sub === undefined ? null : { id: sub, is_admin: admin },
    drafts: adminList(async (asked) => {
      const entry = await readView(problemDrafts, asked);
      return { rows: (await entry.value()).drafts, total: totalOf(entry) };
    }),
    registered: adminList(async (asked) => {
      const entry = await readView(problemRegistered, asked);
      return { rows: (await entry.value()).problems, total: totalOf(entry) };
    }),
  },
  Problem: {
    constraints: ofDetail("constraints"),
    solutionCode: ofDetail("solution_code"),
    testCases: ofDetail("test_cases"),
    executionCount: ofDetail("execution_count"),
    isDeleted: ofDetail("is_deleted"),
  },
  Execution: {
    resultSummary: ofExecution(({ result_summary }) => result_summary),
    testResults: ofExecution(({ test_results }) => test_results),
    hints: ofExecution(({ hints }) =>
      hints.map((hint) => (typeof hint === "string" ? { title: null, content: hint } : hint)),
    ),
    problem: async (parent: ExecutionParent, _: unknown, { admin, sub }: GraphQLContext) => {
      const detail = await executionOf(parent, sub);
      if (!detail) return null;
      return (await readView(problemDetail, { id: detail.problem, admin })).value();
    },
  },
  Viewer: {
    stats: view(userStats, (_, { sub }: GraphQLContext) =>
      sub === undefined ? undefined : { sub },
    ),
    executions: feed(() => true),
  },
  Stats: {
    byPlatform: ({ by_platform }: { by_platform: Record<string, number> }) => counts(by_platform),
    byLanguage: ({ by_language }: { by_language: Record<string, number> }) => counts(by_language),
  },
};
