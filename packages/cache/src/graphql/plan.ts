/** Facts about an operation before it runs: plain data, because they are stored with its document. */
export interface Plan {
  /** Null: the operation has no name. */
  readonly name: string | null;
  readonly kind: "query" | "mutation" | "subscription";
  /**
   * Hash of the printed operation without its name, and of its fragments: equal whatever the layout of the document.
   */
  readonly id: string;
  /** True if a field that it could reach has the scope PRIVATE. */
  readonly isPrivate: boolean;
  /** Longest lifetime that the schema allows a response, in ms; 0: responses are not stored. */
  readonly maxAgeMs: number;
  readonly variables: readonly PlannedVariable[];
}

/** A declared variable; `fallback` is its default as JSON, if it has one. */
export interface PlannedVariable {
  readonly name: string;
  readonly fallback?: { readonly value: unknown };
}

/** Values of variables, as they came in JSON. */
export type Variables = Readonly<Record<string, unknown>>;

/**
 * Room for the variables' values in a key: 65,536 characters before escaping, where a number counts as one; with more,
 * the response is not stored.
 */
const LONGEST_TEXT = 65_536;

/** Remaining room, counted as for `LONGEST_TEXT`. */
interface Room {
  left: number;
}

/**
 * The declared variables' values as one text: undeclared ones dropped, defaults filled in, properties sorted. Undefined
 * if one of them is not JSON or is nested too deeply, or if they are too large together. Types are not coerced, so that a
 * hit needs no schema: `1` and `"1"` for an ID give two texts.
 */
export function textOfVariables(
  { variables }: Pick<Plan, "variables">,
  given: Variables,
): string | undefined {
  const parts: string[] = [];
  const room: Room = { left: LONGEST_TEXT };
  for (const { name, fallback } of variables) {
    const isGiven = Object.hasOwn(given, name) && given[name] !== undefined;
    if (!isGiven && fallback === undefined) continue;
    const text = canonical(isGiven ? given[name] : fallback?.value, 0, room);
    if (text === undefined) return undefined;
    parts.push(`${JSON.stringify(name)}:${text}`);
  }
  return parts.join(",");
}

/** Deepest nesting of a variable's value: 100 levels. */
const DEEPEST = 100;

/** JSON with sorted properties; keeps -0, which JSON writes as 0. Undefined if the value is not JSON, or exceeds a limit. */
function canonical(value: unknown, depth: number, room: Room): string | undefined {
  room.left -= typeof value === "string" ? value.length + 1 : 1;
  if (depth > DEEPEST || room.left < 0) return undefined;
  if (Array.isArray(value)) {
    if (value.length > room.left) return undefined;
    const items = Array.from(value, (item) => canonical(item, depth + 1, room));
    return items.includes(undefined) ? undefined : `[${items.join(",")}]`;
  }
  if (typeof value === "object" && value !== null) return canonicalObject(value, depth, room);
  if (Object.is(value, -0)) return "-0";
  if (typeof value === "number" && !Number.isFinite(value)) return undefined;
  return ["string", "number", "boolean"].includes(typeof value) || value === null
    ? JSON.stringify(value)
    : undefined;
}

function canonicalObject(value: object, depth: number, room: Room): string | undefined {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype) return undefined;
  const members: string[] = [];
  const entries = Object.entries(value);
  if (entries.length > room.left) return undefined;
  for (const [name, inner] of entries.toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    if (inner === undefined) continue;
    room.left -= name.length;
    const text = canonical(inner, depth + 1, room);
    if (text === undefined) return undefined;
    members.push(`${JSON.stringify(name)}:${text}`);
  }
  return `{${members.join(",")}}`;
}
