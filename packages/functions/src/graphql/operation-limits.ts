import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  type ValueNode,
} from "graphql";
import { HttpError } from "../endpoint/http-error.ts";
import { DEFAULT_FIRST, firstOf, placeOf } from "./connection.ts";

/** Limits of an operation: a refusal names the limit. */
export const LIMITS = {
  /** Nesting levels of fields. */
  depth: 8,
  /** Fields at the root. */
  "root fields": 10,
  /** Fields, counting a fragment's at each of its uses. */
  breadth: 300,
  aliases: 20,
  /**
   * Sum of all fields' costs. If a connection is requested with several rows, each field in it counts a fifth of its cost
   * for every row.
   */
  cost: 1_000,
} as const;

/** Costs above 1: of fields that read another entry or return long texts, and of introspection. */
const COSTS: Readonly<Record<string, number>> = {
  problem: 5,
  execution: 5,
  stats: 5,
  testCases: 5,
  testResults: 5,
  __schema: 50,
  __type: 10,
};

const CONNECTIONS = new Set(["problems", "executions", "drafts", "registered"]);

/**
 * Highest number of values in the variables, including those in lists and objects: graphql-js writes all of an object
 * into each of its errors.
 */
const MOST_VALUES = 20_000;

type Variables = Readonly<Record<string, unknown>>;

interface Walk {
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly variables: Variables;
  readonly used: Record<keyof typeof LIMITS, number>;
}

/**
 * Errors of an operation that exceeds a limit, or has an invalid `first` or `after`. The document has passed validation,
 * so fragments are not recursive.
 */
export function refuse({
  document,
  node,
  variables,
}: {
  document: DocumentNode;
  node: OperationDefinitionNode;
  variables: Variables;
}): readonly GraphQLError[] {
  const declared = node.variableDefinitions ?? [];
  const given = declared.map(({ variable }) => variables[variable.name.value]);
  if (isLarger(given, MOST_VALUES)) return [overLimit("variables", MOST_VALUES)];
  const fragments = new Map(
    document.definitions
      .filter((each) => each.kind === Kind.FRAGMENT_DEFINITION)
      .map((each) => [each.name.value, each]),
  );
  const defaults = declared.flatMap(({ variable, defaultValue }) =>
    defaultValue ? [[variable.name.value, literal(defaultValue, {})]] : [],
  );
  const walk: Walk = {
    fragments,
    variables: { ...Object.fromEntries(defaults), ...variables },
    used: { depth: 0, "root fields": 0, breadth: 0, aliases: 0, cost: 0 },
  };
  try {
    walk.used.cost = costOf(walk, node.selectionSet, 1);
  } catch (error) {
    if (error instanceof HttpError) return [badInput(error)];
    throw error;
  }
  const over = (Object.keys(LIMITS) as (keyof typeof LIMITS)[]).find(
    (name) => walk.used[name] > LIMITS[name],
  );
  return over === undefined ? [] : [overLimit(over, LIMITS[over])];
}

function overLimit(limit: string, most: number): GraphQLError {
  const message = `the operation is over the limit of ${limit}: at most ${most}`;
  return new GraphQLError(message, { extensions: { code: "LIMIT_EXCEEDED", limit } });
}

/** True if there are more than `most` values; without recursion, because variables may be nested to any depth. */
function isLarger(value: unknown, most: number): boolean {
  const open = [value];
  for (let seen = 0; open.length > 0; seen += 1) {
    if (seen + open.length > most) return true;
    const each = open.pop();
    if (typeof each !== "object" || each === null) continue;
    for (const inner of Object.values(each)) open.push(inner);
  }
  return false;
}

function badInput({ message, errors }: HttpError): GraphQLError {
  return new GraphQLError(message, { extensions: { code: "BAD_USER_INPUT", errors } });
}

function costOf(walk: Walk, set: SelectionSetNode, depth: number): number {
  const { used, fragments } = walk;
  used.depth = Math.max(used.depth, depth);
  let cost = 0;
  for (const selection of set.selections) {
    // The walk stops at the limit.
    if (used.breadth > LIMITS.breadth || used.depth > LIMITS.depth) return cost;
    if (selection.kind === Kind.FIELD) cost += costOfField(walk, selection, depth);
    else if (selection.kind === Kind.INLINE_FRAGMENT)
      cost += costOf(walk, selection.selectionSet, depth);
    else {
      const fragment = fragments.get(selection.name.value);
      if (fragment) cost += costOf(walk, fragment.selectionSet, depth);
    }
  }
  return cost;
}

function costOfField(walk: Walk, field: FieldNode, depth: number): number {
  const { used } = walk;
  const name = field.name.value;
  used.breadth += 1;
  if (depth === 1) used["root fields"] += 1;
  if (field.alias) used.aliases += 1;
  const own = COSTS[name] ?? 1;
  // Introspection is bounded by graphql-js.
  if (!field.selectionSet || name.startsWith("__")) return own;
  const rows = CONNECTIONS.has(name) ? rowsOf(walk, field) : 1;
  return own + rows * costOf(walk, field.selectionSet, depth + 1) * (rows > 1 ? SHARE_OF_ROWS : 1);
}

/** The rows of a list are one entry, so if there are several, a field of each costs a fifth of a normal field. */
const SHARE_OF_ROWS = 0.2;

function rowsOf({ variables }: Walk, { arguments: given = [] }: FieldNode): number {
  const args = Object.fromEntries(
    given.map(({ name, value }) => [name.value, literal(value, variables)]),
  ) as { first?: number | null; after?: string | null };
  if (typeof args.after === "string") placeOf(args.after);
  return firstOf({ first: args.first ?? DEFAULT_FIRST });
}

/** Value of an argument of a connection: a scalar. */
function literal(node: ValueNode, variables: Variables): unknown {
  if (node.kind === Kind.VARIABLE) return variables[node.name.value];
  if (node.kind === Kind.INT) return Number(node.value);
  return node.kind === Kind.STRING ? node.value : undefined;
}
