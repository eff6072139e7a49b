import { maySee } from "@algoitny/core/history/history";
import { toHistoryDetail, toHistoryRow } from "@algoitny/core/history/history-view";
import { historyDetail, searchHistory } from "@algoitny/core/history/history.resources";
import { isListed } from "@algoitny/core/problem/problem";
import { toUserStats } from "@algoitny/core/user/user";
import { userStats } from "@algoitny/core/user/user.resources";
import { isArriving } from "./problem-questions.ts";
import { type Answer, type Element, judgeList, oneOf, type Question } from "./question.ts";
import { mixtures, type Register, type Span } from "./register.ts";
import type { ExecutionState, Person, State } from "./state.ts";

const json = JSON.stringify;

/** One execution and its hints, as a user or an anonymous reader gets them. */
export function executionQuestions(state: State, id: number, as: Person | undefined): Question[] {
  const problemId = state.executions.latest(id)?.row.problem ?? 0;
  const params = { id, viewer: as?.sub };
  const common = {
    as,
    key: historyDetail.keyFor(params),
    tags: historyDetail.tagsFor(params) as Question["tags"],
    about: [`execution ${id}`, `problem ${problemId}`],
  };
  const seen = (span: Span) =>
    mixtures(state.executions.get(id)?.possible(span) ?? []).map((one) =>
      one && maySee(one.row, as?.sub) ? one : undefined,
    );
  return [
    {
      ...common,
      path: `/api/history/${id}/`,
      // Inputs and expected outputs come from the current problem, while it is public.
      judge: (answer, span) => {
        const testCases = mixtures(state.problems.get(problemId)?.possible(span) ?? []).map((one) =>
          one && isListed(one.problem) ? one.testCases : [],
        );
        return oneOf(
          answer,
          seen(span).flatMap((one) =>
            testCases.map((cases) => one && json(toHistoryDetail(one, cases))),
          ),
        );
      },
    },
    {
      ...common,
      path: `/api/history/${id}/hints/`,
      judge: (answer, span) =>
        oneOf(
          answer,
          seen(span).map((one) => one && hintsOf(one)),
        ),
    },
  ];
}

function hintsOf({ row, detail: { hints } }: ExecutionState): string {
  const unmade = row.failed_count === 0 ? "not_needed" : "not_generated";
  return json({ status: hints.length > 0 ? "available" : unmade, hints });
}

/** Default page size of a feed in the contract. */
const FIRST_PAGE = { offset: 0, limit: 20 };
const LATER_PAGE = { offset: 7, limit: 5 };

const rowTexts = new WeakMap<ExecutionState, string>();

function rowText(one: ExecutionState): string {
  const text = rowTexts.get(one) ?? json(toHistoryRow(one.row));
  rowTexts.set(one, text);
  return text;
}

/** The first page of a feed: the public one, or with `myOnly` the viewer's own. */
export function feedQuestion(state: State, as: Person | undefined, myOnly = false): Question {
  return pageQuestion(state, as, { ...FIRST_PAGE, my_only: myOnly });
}

/** A later page of the public feed. */
export function laterPageQuestion(state: State, as: Person | undefined): Question {
  return pageQuestion(state, as, { ...LATER_PAGE, my_only: false });
}

interface FeedPage {
  offset: number;
  limit: number;
  my_only: boolean;
}

function pageQuestion(state: State, as: Person | undefined, page: FeedPage): Question {
  const { offset, limit, my_only: myOnly } = page;
  const viewer = as?.sub;
  const params = { viewer, ...page };
  const shows = ({ row }: ExecutionState) => (myOnly ? row.sub === viewer : maySee(row, viewer));
  const query = new URLSearchParams({
    ...(offset > 0 && { offset: String(offset), limit: String(limit) }),
    ...(myOnly && { my_only: "true" }),
  });
  return {
    path: `/api/history/${query.size > 0 ? `?${query.toString()}` : ""}`,
    as,
    key: searchHistory.keyFor(params),
    tags: searchHistory
      .tagsFor(params)
      .map((given) => (typeof given === "string" ? given : given.tag)),
    about: ["the executions"],
    judge(answer, span) {
      if (answer.status !== 200) return `answers ${answer.status}`;
      const answered = JSON.parse(answer.body) as Page;
      const isLate = (register: Executions) => !myOnly && mayBeLate(register, viewer, span);
      const shown = answered.results.map((row): Element => ({ id: row.id, text: json(row) }));
      const wrong = judgeList(shown, {
        shelf: state.executions,
        span,
        textsOf: (states) => {
          const texts = states.map((one) => (one && shows(one) ? rowText(one) : undefined));
          // A row that moves between two feeds may be missing from both for a moment.
          return isMoving(states) ? [undefined, ...texts] : texts;
        },
        isLate,
        skipped: offset,
        pageSize: limit,
        isArriving: ({ text }) => isArriving(state, text),
        arriving: state.arriving.size,
      });
      const { least, most } = limitsOf(state, viewer, myOnly, span);
      const limits = { least: least - countLate(state, isLate, span), most };
      return wrong ?? judgePaging(answered, offset + limit, limits);
    },
  };
}

type Executions = Register<ExecutionState | undefined>;

/** True for another user's new public execution that may be newer than the hot page. */
function mayBeLate(register: Executions, viewer: string | undefined, span: Span): boolean {
  if (span.late === undefined || register.latest?.row.sub === viewer) return false;
  const [before, recorded] = register.possible({ from: span.late, to: span.from });
  // An execution that has changed since must be shown as it is.
  return before === undefined && register.possible(span).includes(recorded);
}

/** Number of the newest executions that are searched for late ones. */
const NEWEST = 400;

function countLate({ executions }: State, isLate: (one: Executions) => boolean, span: Span) {
  if (span.late === undefined) return 0;
  const newest = executions.ids.slice(-NEWEST).map((id) => executions.get(id) as Executions);
  return newest.filter((one) => isLate(one) && one.latest?.row.is_code_public).length;
}

function isMoving(states: readonly (ExecutionState | undefined)[]): boolean {
  return new Set(states.map((one) => one?.row.is_code_public)).size > 1;
}

interface Page {
  results: { id: number }[];
  count: number;
  next_offset: number | null;
  has_more: boolean;
}

function limitsOf(
  { publicRows, privateRows }: State,
  viewer: string | undefined,
  myOnly: boolean,
  span: Span,
) {
  const tallies = [
    publicRows.get(myOnly ? (viewer ?? "") : ""),
    viewer === undefined ? undefined : privateRows.get(viewer),
  ];
  const limits = tallies.map((tally) => tally?.limits(span) ?? { least: 0, most: 0 });
  return {
    least: limits.reduce((sum, { least }) => sum + least, 0),
    most: limits.reduce((sum, { most }) => sum + most, 0),
  };
}

function judgePaging(
  { count, next_offset, has_more }: Page,
  end: number,
  { least, most }: { least: number; most: number },
): string | undefined {
  if (count < least || count > most) return `count is ${count}, must be ${least}…${most}`;
  // While the number changes, a page may combine parts from before and after.
  if (least < most) return undefined;
  const more = count > end;
  return has_more === more && next_offset === (more ? end : null)
    ? undefined
    : `has_more is ${has_more}, next_offset ${next_offset}, with ${count} in all`;
}

/** A user's own statistics. */
export function statsQuestion({ stats }: State, as: Person): Question {
  const params = { sub: as.sub };
  return {
    path: "/api/account/stats/",
    as,
    key: userStats.keyFor(params),
    tags: userStats.tagsFor(params) as Question["tags"],
    about: [`statistics of ${as.name}`],
    judge: (answer: Answer, span) =>
      oneOf(
        answer,
        (stats.get(as.sub)?.possible(span) ?? []).map((item) => json(toUserStats(item))),
      ),
  };
}
