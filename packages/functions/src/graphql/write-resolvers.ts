import { change } from "@algoitny/cache/graphql";
import { CoreError } from "@algoitny/core/core-error";
import { HistoryInput, HistoryPatch } from "@algoitny/core/history/history-input";
import { historyDetail } from "@algoitny/core/history/history.resources";
import { ProblemInput, ProblemPatch } from "@algoitny/core/problem/problem-input";
import { problemDetail } from "@algoitny/core/problem/problem.resources";
import type { Change } from "@algoitny/core/table/entities";
import { OneOrManyTestCases, TestCaseInput } from "@algoitny/core/test-case/test-case";
import { parseValue } from "../endpoint/input.ts";
import { adminOf, type GraphQLContext, signedIn } from "./graphql-context.ts";
import { idOf, type ProblemRef } from "./read-resolvers.ts";
import { requireStorable } from "./require-storable.ts";
import { snakeCased } from "./spelling.ts";

/**
 * A write as REST makes it: `call.changed` invalidates what the write has changed, and never rejects. The payload is the
 * item as its own GET would return it after the write.
 */
const writing = <Args, Value>(
  write: (args: Args, context: GraphQLContext) => Promise<Written<Value>>,
) =>
  change(async (args: Args, context: GraphQLContext) => {
    requireStorable("input", args);
    const { changes, payload } = await write(args, context);
    await context.call.changed(changes);
    return { value: await payload(), invalidate: [] };
  });

interface Written<Value> {
  readonly changes: readonly Change[];
  readonly payload: () => Promise<Value>;
}

const shownProblem = (context: GraphQLContext, id: number) => async () =>
  (await context.call.load(problemDetail, { id, admin: context.admin })).value ?? null;

const shownExecution = (context: GraphQLContext, id: number) => async () =>
  (await context.call.load(historyDetail, { id, viewer: context.sub })).value ?? null;

type Given = Readonly<Record<string, unknown>>;

/** Turns GraphQL's id of a problem into REST's integer. */
const numbered = ({ problem_id, ...rest }: Given): Given => ({
  ...rest,
  ...(typeof problem_id === "string" && { problem_id: idOf(problem_id, "problemId") }),
});

export const writeResolvers = {
  Mutation: {
    createProblem: writing(async ({ input }: { input: Given }, context) => {
      adminOf(context);
      const { problems } = await context.call.tables();
      const body = parseValue("input", ProblemInput, snakeCased(input));
      const { id, changes } = await problems.create(body);
      return { changes, payload: shownProblem(context, id) };
    }),
    updateProblem: writing(async ({ id: given, input }: { id: string; input: Given }, context) => {
      adminOf(context);
      const id = idOf(given);
      const { problems } = await context.call.tables();
      const patch = parseValue("input", ProblemPatch, snakeCased(input));
      const { changes } = await problems.change(id, patch, undefined);
      return { changes, payload: shownProblem(context, id) };
    }),
    deleteProblem: writing(async ({ by }: { by: ProblemRef }, context) => {
      adminOf(context);
      const { problems } = await context.call.tables();
      const id =
        by.id === undefined
          ? await problems.findId(by.key?.platform ?? "", by.key?.problemId ?? "")
          : idOf(by.id);
      if (id === undefined) throw new CoreError("not_found", "there is no such problem");
      const { changes } = await problems.remove(id, undefined);
      return { changes, payload: async () => ({ id }) };
    }),
    addTestCases: writing(
      async ({ problem, input }: { problem: string; input: readonly Given[] }, context) => {
        adminOf(context);
        const id = idOf(problem, "problem");
        const { testCases } = await context.call.tables();
        const { changes } = await testCases.add(
          id,
          [parseValue("input", OneOrManyTestCases, input)].flat(),
          undefined,
        );
        return { changes, payload: shownProblem(context, id) };
      },
    ),
    changeTestCase: writing(
      async (
        { problem, id: tc, input }: { problem: string; id: string; input: Given },
        context,
      ) => {
        adminOf(context);
        const id = idOf(problem, "problem");
        const { testCases } = await context.call.tables();
        const body = parseValue("input", TestCaseInput, input);
        const { changes } = await testCases.change(id, idOf(tc), body, undefined);
        return { changes, payload: shownProblem(context, id) };
      },
    ),
    removeTestCase: writing(
      async ({ problem, id: tc }: { problem: string; id: string }, context) => {
        adminOf(context);
        const id = idOf(problem, "problem");
        const { testCases } = await context.call.tables();
        const { changes } = await testCases.remove(id, idOf(tc), undefined);
        return { changes, payload: shownProblem(context, id) };
      },
    ),
    recordExecution: writing(async ({ input }: { input: Given }, context) => {
      const caller = signedIn(context);
      const { test_results: results, ...rest } = snakeCased(input);
      const body = parseValue("input", HistoryInput, {
        ...numbered(rest),
        ...(Array.isArray(results) && { test_results: results.map(withNumber) }),
      });
      const { history } = await context.call.tables();
      const { id, changes } = await history.record(caller, body);
      return { changes, payload: shownExecution(context, id) };
    }),
    updateExecution: writing(
      async ({ id: given, input }: { id: string; input: Given }, context) => {
        const caller = signedIn(context);
        const id = idOf(given);
        const { hints, ...rest } = snakeCased(input);
        const patch = parseValue("input", HistoryPatch, {
          ...rest,
          ...(Array.isArray(hints) && { hints: hints.map(asHint) }),
        });
        const { history } = await context.call.tables();
        const { changes } = await history.change(id, caller.sub, patch, undefined);
        return { changes, payload: shownExecution(context, id) };
      },
    ),
  },
};

function withNumber({ test_case_id: id, ...rest }: Given): Given {
  return { ...rest, ...(typeof id === "string" && { test_case_id: idOf(id, "testCaseId") }) };
}

/** A hint without a title is a text. */
function asHint({ title, content }: Given): unknown {
  return title == null ? content : { title, content };
}
