import { testCaseList } from "@algoitny/core/test-case/test-case.resources";
import { ProblemListQuery } from "@algoitny/core/problem/problem-query";
import { isDraft, isListed, isVisible, matches } from "@algoitny/core/problem/problem";
import {
  problemDetail,
  problemDrafts,
  problemList,
  problemRegistered,
} from "@algoitny/core/problem/problem.resources";
import { toAdminListItem, toDetail, toListItem } from "@algoitny/core/problem/problem-view";
import {
  type Answer,
  different,
  type Element,
  judgeList,
  type ListRules,
  oneOf,
  type Question,
} from "./question.ts";
import { mixtures, type Span } from "./register.ts";
import { pathOf, type Person, type ProblemState, type State } from "./state.ts";

/** Text of a problem in the reads of one state: undefined is a 404. */
type Show = (state: ProblemState) => string | undefined;

const json = JSON.stringify;

/** All reads of one problem. `as` is an admin, or undefined. */
export function problemQuestions(state: State, id: number, as: Person | undefined): Question[] {
  const problem = state.problems.latest(id)?.problem;
  if (problem === undefined) return [];
  const admin = as !== undefined;
  const { platform, problem_id } = problem;
  const seen =
    (show: Show): Show =>
    (one) =>
      isVisible(one.problem, admin) ? show(one) : undefined;
  const about = `/api/problems/${id}`;
  return [
    ask(
      state,
      id,
      as,
      `${about}/`,
      problemDetail,
      { id, admin },
      seen((one) => json(toDetail(one, admin))),
    ),
    keyQuestion(state, id, { platform, problem_id }, as),
    ask(
      state,
      id,
      as,
      `${about}/testcases/`,
      testCaseList,
      { problem: id, admin },
      seen(({ testCases }) => json(testCases)),
    ),
  ];
}

/** A problem by a platform and problem id that it has or had: these never belong to another problem. */
export function keyQuestion(
  state: State,
  id: number,
  key: { platform: string; problem_id: string },
  as: Person | undefined,
): Question {
  const admin = as !== undefined;
  const path = `/api/problems/${pathOf(key)}/`;
  return ask(state, id, as, path, problemDetail, { ...key, admin }, (one) =>
    one.key === pathOf(key) && pathOf(one.problem) === one.key && isVisible(one.problem, admin)
      ? json(toDetail(one, admin))
      : undefined,
  );
}

interface View<Params> {
  keyFor: (params: Params) => string;
  tagsFor: (params: Params) => Question["tags"] | readonly unknown[];
}

function ask<Params>(
  state: State,
  id: number,
  as: Person | undefined,
  path: string,
  view: View<Params>,
  params: Params,
  show: Show,
): Question {
  return {
    path,
    as,
    key: view.keyFor(params),
    tags: view.tagsFor(params) as Question["tags"],
    about: [`problem ${id}`],
    judge(answer, span) {
      const possible = mixtures(state.problems.get(id)?.possible(span) ?? []);
      const wrong = oneOf(
        answer,
        possible.map((one) => one && show(one)),
      );
      // Test cases that are being added may be present, with ids that are not known yet.
      return wrong === undefined || isArriving(state, answer.body) ? undefined : wrong;
    },
  };
}

/** A list of problems, complete or one page. */
interface List {
  path: string;
  as: Person | undefined;
  key: string;
  tags: Question["tags"];
  skipped: number;
  pageSize: number;
  /** Text of a problem in the list; undefined when the list does not contain it. */
  show: Show;
  elementsOf: (body: unknown) => unknown[];
  /** Name of the tally that its `x-total-count` returns. */
  tally?: string;
}

/** Texts of elements by state, since a state never changes. */
const memory = new Map<string, WeakMap<ProblemState, string | undefined>>();

function remembered(kind: string, show: Show): Show {
  const texts = memory.get(kind) ?? new WeakMap<ProblemState, string | undefined>();
  memory.set(kind, texts);
  return (one) => {
    if (!texts.has(one)) texts.set(one, show(one));
    return texts.get(one);
  };
}

const listItem = remembered("list", ({ problem }) =>
  isListed(problem) ? json(toListItem(problem)) : undefined,
);
const draftItem = remembered("draft", ({ problem, body }) =>
  isDraft(problem) ? json(toAdminListItem(problem, body)) : undefined,
);
const registeredItem = remembered("registered", ({ problem, body }) =>
  isListed(problem) ? json(toAdminListItem(problem, body)) : undefined,
);

/** Page size at which second pages begin among the most frequently written problems. */
const SMALL_PAGE = "15";

/** Lists whose load reads the whole catalogue: the public ones and the admin's. */
export function listQuestions(
  state: State,
  admin: Person,
  { platform, title }: { platform: string; title: string },
): Question[] {
  const page = (query: Record<string, string>, show: Show, tally?: string): List => {
    const params = ProblemListQuery.parse(query);
    return {
      path: `/api/problems/?${new URLSearchParams(query).toString()}`.replace(/\?$/, ""),
      as: undefined,
      key: problemList.keyFor(params),
      tags: problemList.tagsFor(params) as Question["tags"],
      skipped: (params.page - 1) * params.page_size,
      pageSize: params.page_size,
      show,
      elementsOf: (body) => body as unknown[],
      ...(tally !== undefined && { tally }),
    };
  };
  const whole = (
    path: string,
    key: string,
    tags: readonly unknown[],
    show: Show,
    field: string,
  ): List => ({
    path,
    as: admin,
    key,
    tags: tags as Question["tags"],
    skipped: 0,
    pageSize: Infinity,
    show,
    elementsOf: (body) => (body as Record<string, unknown[]>)[field] ?? [],
  });
  const [drafts, registered] = [problemDrafts, problemRegistered];
  const search = ProblemListQuery.parse({ search: title }).search ?? "";
  const lists = [
    page({}, listItem, ""),
    page({ page: "2", page_size: SMALL_PAGE }, listItem, ""),
    page(
      { platform },
      (one) => (one.problem.platform === platform ? listItem(one) : undefined),
      platform,
    ),
    page({ search: title }, (one) => (matches(one.problem, search) ? listItem(one) : undefined)),
    whole("/api/problems/drafts/", drafts.keyFor(), drafts.tagsFor(), draftItem, "drafts"),
    whole(
      "/api/problems/registered/",
      registered.keyFor(),
      registered.tagsFor(),
      registeredItem,
      "problems",
    ),
  ];
  return lists.map((list) => listQuestion(state, list));
}

function listQuestion(
  state: State,
  { show, elementsOf, skipped, pageSize, tally, ...list }: List,
): Question {
  return {
    ...list,
    about: ["the catalogue"],
    judge(answer, span) {
      if (answer.status !== 200) return `answers ${answer.status}`;
      const shown = elementsOf(JSON.parse(answer.body)).map((element): Element => ({
        id: (element as { id: number }).id,
        text: json(element),
      }));
      const rules: ListRules<ProblemState> = {
        shelf: state.problems,
        span,
        textsOf: (states) => mixtures(states).map((one) => one && show(one)),
        skipped,
        pageSize,
        isArriving: ({ text }) => isArriving(state, text),
        arriving: state.arriving.size,
      };
      return (
        judgeList(shown, rules) ??
        (tally === undefined ? undefined : judgeTotal(state, tally, answer, span))
      );
    },
  };
}

/** True for an item that is being created: its id is not known yet, its text is. */
export function isArriving({ arriving }: State, text: string): boolean {
  return [...arriving].some((mark) => text.includes(mark));
}

function judgeTotal({ listed }: State, name: string, { total }: Answer, span: Span) {
  const { least, most } = listed.get(name)?.limits(span) ?? { least: 0, most: 0 };
  const number = Number(total);
  return number >= least && number <= most
    ? undefined
    : `x-total-count ${different(String(total), least === most ? String(most) : `${least}…${most}`)}`;
}
