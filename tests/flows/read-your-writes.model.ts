import { execution, type Fields, type Json, type Person, type World } from "../support/people.ts";

/** What the test knows of a problem that it made. */
interface ProblemModel {
  id: number;
  problem_id: string;
  title: string;
  constraints: string;
  is_completed: boolean;
  is_deleted: boolean;
  executions: number;
  cases: { id: number; input: string; output: string }[];
}

interface ExecutionModel {
  id: number;
  owner: Person;
  code: string;
  isPublic: boolean;
  hints: string[];
}

/** What of a problem a write may change, and a read may show. */
type Aspect = "visibility" | "title" | "constraints" | "cases" | "case count" | "executions";

const TEST_CASES: readonly Aspect[] = ["visibility", "cases"];
const LIST: readonly Aspect[] = ["visibility", "title", "case count"];
const ADMIN_LIST: readonly Aspect[] = [...LIST, "constraints"];
const DETAIL: readonly Aspect[] = [...ADMIN_LIST, "cases", "executions"];

/** A read, and what is wrong with its answer; undefined when it shows the write. */
export interface Check {
  path: string;
  as: Person | undefined;
  wrong: (status: number, body: Json) => string | undefined;
}

/** Everything that one write changes must be seen by these reads. */
export type Write = () => Promise<Check[]>;

/** Writes to a few problems and executions, and knows what every affected endpoint must show afterwards. */
export function createModel(world: World, random: () => number) {
  const problems: ProblemModel[] = [];
  const executions: ExecutionModel[] = [];
  const recorded = new Map<string, number>();
  let lastText = 0;

  const text = (word: string) => `${word}-${(lastText += 1)}`;
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;

  async function createProblem(): Promise<Check[]> {
    const title = text("created");
    const is_completed = random() < 0.8;
    const { id, problem_id } = await world.createProblem({
      title,
      constraints: title,
      is_completed,
    });
    const fresh = { constraints: title, is_completed, is_deleted: false, executions: 0, cases: [] };
    const problem: ProblemModel = { id, problem_id, title, ...fresh };
    problems.push(problem);
    return checksOf(problem, DETAIL);
  }

  async function changeProblem(
    aspect: Aspect,
    fields: Fields,
    problem = pick(problems),
  ): Promise<Check[]> {
    await world.send("PATCH", `/api/problems/${problem.id}/`, world.admin, fields, 200);
    Object.assign(problem, fields);
    return checksOf(problem, [aspect]);
  }

  async function deleteProblem(): Promise<Check[]> {
    const problem = pick(problems);
    if (problem.is_deleted) return changeProblem("visibility", { is_deleted: false }, problem);
    const path = random() < 0.5 ? `${problem.id}` : `baekjoon/${problem.problem_id}`;
    await world.send("DELETE", `/api/problems/${path}/`, world.admin, {}, 200);
    problem.is_deleted = true;
    return checksOf(problem, ["visibility"]);
  }

  async function writeTestCase(): Promise<Check[]> {
    const problem = pick(problems.filter((each) => !each.is_deleted)) ?? undefined;
    if (!problem) return createProblem();
    const path = `/api/problems/${problem.id}/testcases/`;
    const known = pick(problem.cases);
    const input = { input: text("input"), output: text("output") };
    const kind = random();
    if (known && kind < 0.3) {
      await world.send("PUT", `${path}${known.id}/`, world.admin, input, 200);
      Object.assign(known, input);
      return checksOf(problem, ["cases"]);
    } else if (known && (kind < 0.5 || problem.cases.length > 5)) {
      await world.send("DELETE", `${path}${known.id}/`, world.admin, {}, 200);
      problem.cases.splice(problem.cases.indexOf(known), 1);
    } else {
      problem.cases.push(await world.send("POST", path, world.admin, input, 201));
    }
    return checksOf(problem, ["cases", "case count"]);
  }

  async function recordExecution(): Promise<Check[]> {
    const problem =
      pick(problems.filter((each) => each.is_completed && !each.is_deleted)) ?? undefined;
    if (!problem) return createProblem();
    const owner = pick([world.ann, world.bob]);
    const row = { owner, code: text("code"), isPublic: random() < 0.5, hints: [] };
    const body = execution(problem.id, { code: row.code, is_code_public: row.isPublic });
    const { id } = await world.send("POST", "/api/history/", owner, body, 201);
    const added: ExecutionModel = { id, ...row };
    executions.push(added);
    problem.executions += 1;
    recorded.set(owner.sub, (recorded.get(owner.sub) ?? 0) + 1);
    return [...checksOf(problem, ["executions"]), ...checksOfExecution(added)];
  }

  async function changeExecution(): Promise<Check[]> {
    // Of the newest, so that it is on the first page of every feed.
    const row = pick(executions.slice(-5)) ?? undefined;
    if (!row) return recordExecution();
    const hints = random() < 0.5 ? [text("hint")] : row.hints;
    const isPublic = random() < 0.5;
    await world.send(
      "PATCH",
      `/api/history/${row.id}/`,
      row.owner,
      { hints, is_code_public: isPublic },
      200,
    );
    Object.assign(row, { hints, isPublic });
    return checksOfExecution(row);
  }

  /** The reads that show any of what was changed. */
  function checksOf(problem: ProblemModel, changed: readonly Aspect[]): Check[] {
    const {
      id,
      problem_id,
      title,
      constraints,
      is_completed,
      is_deleted,
      executions: count,
      cases,
    } = problem;
    const listed = is_completed && !is_deleted;
    const detail = (status: number, body: Json) =>
      same(
        [
          status,
          body.title,
          body.constraints,
          body.is_completed,
          body.execution_count,
          body.test_case_count,
          body.test_cases,
        ],
        [200, title, constraints, is_completed, count, cases.length, cases],
      );
    const gone = (status: number) => same(status, 404);
    const found = (list: Json, fields: readonly string[]) =>
      list
        .filter((each: Json) => each.id === id)
        .map((each: Json) => fields.map((field) => each[field]));
    const inList = (list: Json, there: boolean) =>
      same(found(list, ["title", "test_case_count"]), there ? [[title, cases.length]] : []);
    const inAdminList = (list: Json, there: boolean) =>
      same(
        found(list, ["title", "test_case_count", "constraints"]),
        there ? [[title, cases.length, constraints]] : [],
      );
    const { admin } = world;
    const checks: (Check & { shows: readonly Aspect[] })[] = [
      { path: `/api/problems/${id}/`, as: undefined, shows: DETAIL, wrong: listed ? detail : gone },
      { path: `/api/problems/${id}/`, as: admin, shows: DETAIL, wrong: detail },
      {
        path: `/api/problems/baekjoon/${problem_id}/`,
        as: undefined,
        shows: DETAIL,
        wrong: listed ? detail : gone,
      },
      {
        path: `/api/problems/baekjoon/${problem_id}/`,
        as: admin,
        shows: DETAIL,
        wrong: detail,
      },
      {
        path: `/api/problems/${id}/testcases/`,
        as: undefined,
        shows: TEST_CASES,
        wrong: listed ? (_, body) => same(body, cases) : gone,
      },
      {
        path: "/api/problems/",
        as: undefined,
        shows: LIST,
        wrong: (_, body) => inList(body, listed),
      },
      {
        path: "/api/problems/?platform=baekjoon&page_size=200",
        as: undefined,
        shows: LIST,
        wrong: (_, body) => inList(body, listed),
      },
      {
        path: "/api/problems/drafts/",
        as: admin,
        shows: ADMIN_LIST,
        wrong: (_, body) => inAdminList(body.drafts, !is_completed && !is_deleted),
      },
      {
        path: "/api/problems/registered/",
        as: admin,
        shows: ADMIN_LIST,
        wrong: (_, body) => inAdminList(body.problems, listed),
      },
    ];
    return checks.filter(({ shows }) => changed.some((aspect) => shows.includes(aspect)));
  }

  function checksOfExecution({ id, owner, code, isPublic, hints }: ExecutionModel): Check[] {
    const other = owner === world.ann ? world.bob : world.ann;
    const inFeed = (there: boolean) => (_: number, body: Json) =>
      same(
        body.results
          .filter((each: Json) => each.id === id)
          .map((each: Json) => [each.code, each.is_code_public]),
        there ? [[code, isPublic]] : [],
      );
    const detail = (status: number, body: Json) =>
      same([status, body.code, body.is_code_public, body.hints], [200, code, isPublic, hints]);
    const gone = (status: number) => same(status, 404);
    return [
      { path: "/api/history/", as: undefined, wrong: inFeed(isPublic) },
      { path: "/api/history/", as: owner, wrong: inFeed(true) },
      { path: "/api/history/", as: other, wrong: inFeed(isPublic) },
      { path: "/api/history/?my_only=true", as: owner, wrong: inFeed(true) },
      { path: `/api/history/${id}/`, as: owner, wrong: detail },
      { path: `/api/history/${id}/`, as: other, wrong: isPublic ? detail : gone },
      { path: `/api/history/${id}/hints/`, as: owner, wrong: (_, body) => same(body.hints, hints) },
      {
        path: "/api/account/stats/",
        as: owner,
        wrong: (_, body) => same(body.total_executions, recorded.get(owner.sub)),
      },
    ];
  }

  /** One write, at random; problems stay few enough for one page. */
  function write(): Promise<Check[]> {
    if (problems.length < 3) return createProblem();
    const writes: Write[] = [
      () => changeProblem("title", { title: text("title") }),
      () => changeProblem("constraints", { constraints: text("constraints") }),
      () => changeProblem("visibility", { is_completed: random() < 0.8 }),
      deleteProblem,
      writeTestCase,
      writeTestCase,
      recordExecution,
      recordExecution,
      changeExecution,
      ...(problems.length < 30 ? [createProblem] : []),
    ];
    return pick(writes)();
  }

  return { write };
}

function same(actual: unknown, expected: unknown): string | undefined {
  const [is, must] = [JSON.stringify(actual), JSON.stringify(expected)];
  return is === must ? undefined : `is ${is}, must be ${must}`;
}
