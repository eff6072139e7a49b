import { CacheError } from "./errors.ts";

/**
 * Throws a CacheError (`value_unsupported`) that names the path of the first thing in a value that would not come
 * back from JSON as it went in. The one exception is -0, which comes back as 0.
 */
export function checkJsonValue(value: unknown): void {
  check(value, "value", new Set());
}

function check(value: unknown, path: string, ancestors: Set<object>): void {
  if (typeof value !== "object" || value === null) {
    const mend = scalarMend(value);
    if (mend) throw unsupported(path, mend);
    return;
  }
  if (ancestors.has(value))
    throw unsupported(path, "refers to itself: store it without the circle");
  ancestors.add(value);
  if (Array.isArray(value)) {
    checkArray(value, path, ancestors);
  } else {
    checkObject(value, path, ancestors);
  }
  ancestors.delete(value);
}

function checkArray(array: readonly unknown[], path: string, ancestors: Set<object>): void {
  if (Object.keys(array).length > array.length) {
    throw unsupported(path, "is an array with named properties: store an object");
  }
  for (let index = 0; index < array.length; index += 1) {
    check(array[index], `${path}[${index}]`, ancestors);
  }
}

function checkObject(object: object, path: string, ancestors: Set<object>): void {
  const mend = objectMend(object);
  if (mend) throw unsupported(path, mend);
  for (const [name, inner] of Object.entries(object)) {
    check(
      inner,
      /^[A-Za-z_$][\w$]*$/.test(name) ? `${path}.${name}` : `${path}[${JSON.stringify(name)}]`,
      ancestors,
    );
  }
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

/** Classes that people try most often; any other is told to become a plain object. */
const CLASS_MENDS: readonly [kind: new (...parameters: never[]) => object, mend: string][] = [
  [Date, "is a Date: store its toISOString() and read it back in the resource's schema"],
  [Map, "is a Map: store Object.fromEntries(map), or an array of its entries"],
  [Set, "is a Set: store an array of its members"],
  [Uint8Array, "is bytes inside a value: store them in base64, or make them the whole value"],
];

function objectMend(object: object): string | undefined {
  if (isPlain(object)) {
    const hasSymbol = Object.getOwnPropertySymbols(object).length > 0;
    return hasSymbol ? "has a symbol as a property's name: use a string" : undefined;
  }
  const known = CLASS_MENDS.find(([kind]) => object instanceof kind);
  return known ? known[1] : "is an instance of a class: store a plain object";
}

/** Made by `{}`, `JSON.parse` or `Object.create(null)`, in any realm. */
function isPlain(object: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(object);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function unsupported(path: string, mend: string): CacheError {
  return new CacheError("value_unsupported", `${path} ${mend}`);
}
