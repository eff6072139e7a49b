/** A Lambda filter: the shape of the record, with lists of accepted values at its leaves. */
export type Pattern = Readonly<Record<string, unknown>>;

export type Test = (value: unknown) => boolean;

/**
 * Compiles the filters of one event source mapping: a record passes when any of them matches, or when there are none.
 * Throws with the path of the first mistake.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
 */
export function compileFilters(patterns: readonly Pattern[]): Test {
  const tests = patterns.map((pattern) => compilePattern(pattern, "filter"));
  return (record) => tests.length === 0 || tests.some((test) => test(record));
}

function compilePattern(pattern: Pattern, path: string): Test {
  const tests = Object.entries(pattern).map(([key, node]) =>
    key === "$or" ? compileOr(node, path) : compileField(key, node, `${path}.${key}`),
  );
  if (tests.length === 0) throw mistake(path, "name at least one field");
  return (value) => tests.every((test) => test(value));
}

function compileOr(node: unknown, path: string): Test {
  if (!Array.isArray(node) || !node.every(isObject)) {
    throw mistake(`${path}.$or`, "give it a list of patterns");
  }
  const tests = node.map((pattern) => compilePattern(pattern, `${path}.$or`));
  return (value) => tests.some((test) => test(value));
}

function compileField(key: string, node: unknown, path: string): Test {
  if (isObject(node)) {
    const test = compilePattern(node, path);
    return (value) => elements(field(value, key)).some(test);
  }
  if (!Array.isArray(node) || node.length === 0) {
    throw mistake(path, 'put the accepted values in a list, as in ["INSERT"]');
  }
  const tests = node.map((rule: unknown) => compileRule(rule, path));
  // Rules look at leaves only: an object counts as no value, for `exists` too, as AWS documents.
  return (value) =>
    elements(field(value, key))
      .map((leaf) => (isObject(leaf) ? undefined : leaf))
      .some((leaf) => tests.some((test) => test(leaf)));
}

function compileRule(rule: unknown, path: string): Test {
  if (!isObject(rule)) return (value) => value === rule;
  const [[name, operand] = ["", undefined], ...others] = Object.entries(rule);
  const operator = operators[name];
  if (operator === undefined || others.length > 0) {
    throw mistake(path, `use one of ${Object.keys(operators).join(", ")} in a rule`);
  }
  const test = operator(operand);
  if (test === undefined) throw mistake(path, `\`${name}\` cannot take ${JSON.stringify(operand)}`);
  return test;
}

/** Operator → test for its operand; undefined when the operand is not one that it takes. */
const operators: Readonly<Record<string, (operand: unknown) => Test | undefined>> = {
  exists: (expected) =>
    typeof expected === "boolean" ? (value) => (value !== undefined) === expected : undefined,
  prefix: (operand) => textTest(operand, (value, start) => value.startsWith(start)),
  suffix: (operand) => textTest(operand, (value, end) => value.endsWith(end)),
  "equals-ignore-case": (expected) =>
    typeof expected === "string"
      ? ignoringCase(expected, (value, text) => value === text)
      : undefined,
  "anything-but": (operand) => {
    const refused: unknown[] = Array.isArray(operand) ? operand : [operand];
    if (refused.length === 0 || !refused.every(isScalar)) return undefined;
    return (value) => value !== undefined && !refused.includes(value);
  },
  numeric: (operand) => (Array.isArray(operand) ? numericTest(operand) : undefined),
};

type TextComparison = (value: string, operand: string) => boolean;

function textTest(operand: unknown, compare: TextComparison): Test | undefined {
  if (typeof operand === "string") {
    return (value) => typeof value === "string" && compare(value, operand);
  }
  const insensitive = field(operand, "equals-ignore-case");
  return typeof insensitive === "string" ? ignoringCase(insensitive, compare) : undefined;
}

function ignoringCase(operand: string, compare: TextComparison): Test {
  const lower = operand.toLowerCase();
  return (value) => typeof value === "string" && compare(value.toLowerCase(), lower);
}

const comparisons: Readonly<Record<string, (value: number, limit: number) => boolean>> = {
  "=": (value, limit) => value === limit,
  "<": (value, limit) => value < limit,
  "<=": (value, limit) => value <= limit,
  ">": (value, limit) => value > limit,
  ">=": (value, limit) => value >= limit,
};

/** `[">", 0, "<=", 5]`. Never true of an `N` attribute: DynamoDB writes its numbers as strings. */
function numericTest(operand: unknown[]): Test | undefined {
  const tests: ((value: number) => boolean)[] = [];
  for (let index = 0; index < operand.length; index += 2) {
    const compare = comparisons[String(operand[index])];
    const limit = operand[index + 1];
    if (compare === undefined || typeof limit !== "number") return undefined;
    tests.push((value) => compare(value, limit));
  }
  if (tests.length === 0 || tests.length > 2) return undefined;
  return (value) => typeof value === "number" && tests.every((test) => test(value));
}

function field(value: unknown, key: string): unknown {
  return isObject(value) ? value[key] : undefined;
}

/** A list matches when one of its elements does. */
function elements(value: unknown): unknown[] {
  return Array.isArray(value) && value.length > 0
    ? value
    : [Array.isArray(value) ? undefined : value];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isScalar(value: unknown): boolean {
  return typeof value === "string" || typeof value === "number";
}

function mistake(path: string, advice: string): Error {
  return new Error(`${path}: ${advice}`);
}
