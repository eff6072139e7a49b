/** A Lambda filter: the shape of the record, with lists of accepted values at its leaves. */
export type Pattern = Readonly<Record<string, unknown>>;

export type Test = (value: unknown) => boolean;

/**
 * Compiles the filters of one event source mapping: a record passes if any of them matches, or if there are none. Throws
 * with the path of the first mistake. Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
 */
export function compileFilters(patterns: readonly Pattern[]): Test {
  const tests = patterns.map((pattern) => compilePattern(pattern, "filter"));
  return (record) => tests.length === 0 || tests.some((test) => test(record));
}

function compilePattern(pattern: Pattern, path: string): Test {
  const tests = Object.entries(pattern).map(([key, node]) =>
    compileField(key, node, `${path}.${key}`),
  );
  if (tests.length === 0) throw mistake(path, "name at least one field");
  return (value) => tests.every((test) => test(value));
}

function compileField(key: string, node: unknown, path: string): Test {
  if (key === "$or") throw mistake(path, "the local cloud has no $or: write several filters");
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
    throw mistake(
      path,
      `use ${Object.keys(operators).join(" or ")} in a rule: the local cloud has no other operator`,
    );
  }
  const test = operator(operand);
  if (test === undefined) throw mistake(path, `\`${name}\` cannot take ${JSON.stringify(operand)}`);
  return test;
}

/** Operator → test for its operand; undefined if the operand is invalid. AWS has more operators. */
const operators: Readonly<Record<string, (operand: unknown) => Test | undefined>> = {
  exists: (expected) =>
    typeof expected === "boolean" ? (value) => (value !== undefined) === expected : undefined,
  prefix: (start) =>
    typeof start === "string"
      ? (value) => typeof value === "string" && value.startsWith(start)
      : undefined,
};

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

function mistake(path: string, advice: string): Error {
  return new Error(`${path}: ${advice}`);
}
