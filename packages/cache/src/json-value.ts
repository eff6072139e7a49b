import { CacheError } from "./errors.ts";

/**
 * Throws a CacheError (`value_unsupported`) that names the path of the first part of a value that a JSON round trip would
 * change. Two changes are accepted: -0 becomes 0, and a property that is undefined is left out.
 */
export function checkJsonValue(value: unknown): void {
  const fault = faultOf(value, new Set());
  if (fault === undefined) return;
  throw new CacheError("value_unsupported", `value${fault.path.map(step).join("")} ${fault.mend}`);
}

/** The value without properties that are undefined, which JSON leaves out; the value itself if it has none. */
export function withoutUndefined<Value>(value: Value): Value {
  return pruned(value, new Set()) as Value;
}

/** True when two values that came from JSON, or are bytes, are equal; the order of properties does not matter. */
export function sameValue(left: unknown, right: unknown): boolean {
  if (typeof left !== "object" || typeof right !== "object" || left === null || right === null)
    return left === right;
  const names = Object.keys(left);
  return (
    Array.isArray(left) === Array.isArray(right) &&
    names.length === Object.keys(right).length &&
    names.every(
      (name) =>
        Object.hasOwn(right, name) &&
        sameValue(left[name as keyof typeof left], right[name as keyof typeof right]),
    )
  );
}

function pruned(value: unknown, ancestors: Set<object>): unknown {
  const isArray = Array.isArray(value);
  if ((!isArray && !isPlainObject(value)) || ancestors.has(value as object)) return value;
  ancestors.add(value);
  let copy: Record<string, unknown> | unknown[] | undefined;
  for (const [name, inner] of Object.entries(value)) {
    const kept = pruned(inner, ancestors);
    const isGone = kept === undefined && !isArray;
    if (kept === inner && !isGone) continue;
    copy ??= isArray ? [...(value as unknown[])] : { ...value };
    if (isGone) delete (copy as Record<string, unknown>)[name];
    else (copy as Record<string, unknown>)[name] = kept;
  }
  ancestors.delete(value);
  return copy ?? value;
}

/** Path of a fault in a value, and its remedy. The path is built only after a fault was found: most values have none. */
interface Fault {
  readonly path: readonly (string | number)[];
  readonly mend: string;
}

function faultOf(value: unknown, ancestors: Set<object>): Fault | undefined {
  const isObject = typeof value === "object" && value !== null;
  const mend = isObject ? objectMend(value, ancestors) : scalarMend(value);
  if (mend !== undefined) return { path: [], mend };
  if (!isObject) return undefined;
  ancestors.add(value);
  const fault = Array.isArray(value)
    ? faultInArray(value, ancestors)
    : faultInObject(value, ancestors);
  ancestors.delete(value);
  return fault;
}

function faultInArray(array: readonly unknown[], ancestors: Set<object>): Fault | undefined {
  // By index, because iteration helpers skip holes.
  for (let index = 0; index < array.length; index += 1) {
    const fault = faultOf(array[index], ancestors);
    if (fault) return { ...fault, path: [index, ...fault.path] };
  }
  return undefined;
}

function faultInObject(object: object, ancestors: Set<object>): Fault | undefined {
  for (const [name, inner] of Object.entries(object)) {
    // JSON leaves the property out, and a reader of the loaded value sees it as undefined anyway.
    if (inner === undefined) continue;
    const fault = faultOf(inner, ancestors);
    if (fault) return { ...fault, path: [name, ...fault.path] };
  }
  return undefined;
}

function step(name: string | number): string {
  return typeof name === "string" && /^[A-Za-z_$][\w$]*$/.test(name)
    ? `.${name}`
    : `[${JSON.stringify(name)}]`;
}

function scalarMend(value: unknown): string | undefined {
  switch (typeof value) {
    case "undefined":
      return "is undefined: leave the property out, or use null";
    case "number":
      return Number.isFinite(value)
        ? undefined
        : `is ${value}, which JSON turns into null: use null or a string`;
    case "bigint":
      return "is a bigint: store it as a string";
    case "symbol":
    case "function":
      return `is a ${typeof value}: leave it out`;
    default:
      return undefined;
  }
}

/** Remedies for the most common classes; every other class should become a plain object. */
const CLASS_MENDS: readonly [kind: new (...parameters: never[]) => object, mend: string][] = [
  [Date, "is a Date: store its toISOString() and read it back in the resource's schema"],
  [Map, "is a Map: store Object.fromEntries(map), or an array of its entries"],
  [Set, "is a Set: store an array of its members"],
  [Uint8Array, "is bytes inside a value: store them in base64, or make them the whole value"],
];

function objectMend(object: object, ancestors: ReadonlySet<object>): string | undefined {
  if (ancestors.has(object)) return "refers to itself: store it without the cycle";
  if (Array.isArray(object)) {
    const hasMore = Object.keys(object).length > object.length;
    return hasMore ? "is an array with named properties: store an object" : undefined;
  }
  if (isPlainObject(object)) {
    const hasSymbol = Object.getOwnPropertySymbols(object).length > 0;
    return hasSymbol ? "has a symbol as a property's name: use a string" : undefined;
  }
  const known = CLASS_MENDS.find(([kind]) => object instanceof kind);
  return known ? known[1] : "is an instance of a class: store a plain object";
}

/** Made by `{}`, `JSON.parse` or `Object.create(null)`, in any realm. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
