import type { ExecutionResult, FormattedExecutionResult, GraphQLError } from "graphql";
import type { Refused } from "./refusals.ts";
import {
  type BadDocument,
  type Documents,
  hashOfText,
  isBad,
  type KnownDocument,
} from "./documents.ts";
import { graphqlJs } from "./graphql-js.ts";
import { type Executed, planNamed, type Planned } from "./executor.ts";
import type { GraphQLCacheOptions } from "./graphql-cache.ts";
import type { Plan, Variables } from "./plan.ts";

/** Parameters of a request by GraphQL over HTTP; `readParams` reads them. */
export interface GraphQLParams {
  readonly query?: string | undefined;
  /** Hash of a registered document: SHA-256 in lower-case hexadecimal. Together with `query`, it registers the document. */
  readonly documentId?: string | undefined;
  /**
   * False if the hash came in `documentId`. Clients that use Apollo's extension expect `PersistedQueryNotFound` in a
   * 200.
   */
  readonly isApollo?: boolean | undefined;
  readonly operationName?: string | null | undefined;
  readonly variables?: Variables | null | undefined;
}

export interface AnswerOptions {
  /** True for GET and HEAD: only queries run. */
  readonly isSafe?: boolean;
}

/** An answer: an entry, whose bytes may be sent unchanged, or a result for this request only, with its HTTP status. */
export type Answer =
  | (Extract<Executed, { reading: unknown }> & { readonly operationName: string | null })
  | {
      readonly result: FormattedExecutionResult;
      readonly status: number;
      /** Reason for not storing the result: `errors`, `max-age`, `personal`, … */
      readonly reason: string;
      readonly isPrivate: boolean;
      readonly operationName: string | null;
    };

/** Loaded by the first request that is refused, or whose result has errors: hits do not need it. */
const refusals = () => import("./refusals.ts");

interface AnswerParts<Context extends object> extends Pick<
  GraphQLCacheOptions<Context>,
  "schema" | "refuse" | "formatError"
> {
  readonly documents: Documents;
  readonly run: (planned: Planned<Context>) => Promise<Executed>;
}

/** Builds `answer`: finds the document, its operation and its plan, then runs the operation through the cache. */
export function createAnswer<Context extends object>({
  documents,
  run,
  schema,
  refuse = () => [],
  formatError = (error) => error.toJSON(),
}: AnswerParts<Context>) {
  const format = async (errors: readonly GraphQLError[]) => {
    const { brief } = await refusals();
    return Promise.all(errors.map(async (error) => brief(await formatError(error))));
  };
  return async (
    params: GraphQLParams,
    context: Context,
    { isSafe = false }: AnswerOptions = {},
  ): Promise<Answer> => {
    const document = await findDocument(params);
    if ("status" in document) return document;
    if (isBad(document)) {
      const errors = await format(document.errors);
      return (await refusals()).refusal(document.isSyntax ? 400 : 422, errors, "document");
    }
    const plan = planNamed(document.plans, params.operationName);
    if (plan === undefined || plan.kind === "subscription" || (isSafe && plan.kind === "mutation"))
      return (await refusals()).refuseOperation(plan, params.operationName);
    const variables = params.variables ?? {};
    const executed = await run({
      plan,
      variables,
      context,
      run: (given) => execute(document, plan, variables, given),
    });
    const common = { isPrivate: executed.isPrivate, operationName: plan.name };
    if ("reading" in executed) return { ...executed, ...common };
    const { result, reason } = executed;
    return { ...common, reason, status: statusOf(result), result: await formatted(result) };
  };

  async function findDocument({
    query,
    documentId,
    isApollo,
  }: GraphQLParams): Promise<KnownDocument | BadDocument | Refused> {
    if (documentId === undefined) {
      if (query !== undefined) return documents.ofText(query);
      return (await refusals()).refuse(422, "`query` is missing", "document");
    }
    if (query === undefined) {
      const found = /^[\da-f]{64}$/.test(documentId) && (await documents.ofHash(documentId));
      if (found) return found;
      return (await refusals()).unknownHash(isApollo ? 200 : 404);
    }
    if (hashOfText(query) === documentId) return documents.register(query);
    return (await refusals()).refuse(422, "the hash is not that of `query`", "document");
  }

  async function execute(
    { text }: KnownDocument,
    { name }: Plan,
    variables: Variables,
    contextValue: Context,
  ): Promise<ExecutionResult> {
    const { execute: runDocument, getOperationAST } = await graphqlJs();
    const document = await documents.treeOf(text);
    const node = getOperationAST(document, name);
    const errors = node ? await refuse({ document, node, variables }) : [];
    if (errors.length > 0) return { errors };
    return runDocument({
      schema: await schema(),
      document,
      contextValue,
      variableValues: variables,
      operationName: name,
    });
  }

  async function formatted({
    data,
    errors,
    extensions,
  }: ExecutionResult): Promise<FormattedExecutionResult> {
    return {
      ...(errors && { errors: await format(errors) }),
      ...(data !== undefined && { data }),
      ...(extensions && { extensions }),
    };
  }
}

/** Status by GraphQL over HTTP, September 2026: 294 for data with errors, 422 for an operation that did not run. */
function statusOf({ data, errors = [] }: ExecutionResult): number {
  if (data === undefined) return 422;
  return errors.length > 0 ? 294 : 200;
}
