/** Converts a name from GraphQL's spelling to REST's: `problemId` → `problem_id`. */
export function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Converts a name from REST's spelling to GraphQL's: `problem_id` → `problemId`. */
export function camelCase(name: string): string {
  return name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** Renames an input's properties to REST's spelling, nested inputs included; a JSON value stays as it is. */
export function snakeCased(input: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const entries = Object.entries(input).map(([name, value]) => [
    snakeCase(name),
    name === "resultSummary" ? value : inner(value),
  ]);
  return Object.fromEntries(entries) as Record<string, unknown>;
}

function inner(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inner);
  if (typeof value !== "object" || value === null) return value;
  return snakeCased(value as Record<string, unknown>);
}
