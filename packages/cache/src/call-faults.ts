import type { AnyRead } from "./engine/read-context.ts";
import { CacheError, refuse } from "./errors.ts";
import { describe, nearest } from "./faults.ts";
import type { AnyResource } from "./resource.ts";
import { warn } from "./warn.ts";

/** Error of a read: a TypeError caused by wrong arguments becomes a CacheError that says what to pass. */
export function explained(error: unknown, ...args: Parameters<typeof callFault>): unknown {
  const fault = error instanceof TypeError ? callFault(...args) : undefined;
  return fault === undefined ? error : new CacheError("definition_invalid", fault, error);
}

/** Refuses a wrong value in place of a resource, a list of parameters, or the options of `getMany` or `warm`. */
export function checkMany(
  operation: string,
  resource: unknown,
  params: unknown,
  options: unknown = {},
): void {
  const fault = resourceFault(resource);
  if (fault !== undefined) refuse(fault);
  if (!Array.isArray(params))
    refuse(
      `${operation}: argument 2 is ${describe(params)}: pass a list of parameters, as in [7, 8]`,
    );
  checkReadOptions(options);
}

function callFault(resource: unknown, params: unknown, options: unknown): string | undefined {
  const fault = resourceFault(resource) ?? optionsFault(options);
  if (fault !== undefined || (params !== undefined && params !== null)) return fault;
  const { name } = resource as AnyResource;
  return `resource "${name}": its parameters are ${describe(params)}: pass what its key and tags are made of`;
}

function resourceFault(resource: unknown): string | undefined {
  const { keyFor, resource: own } = (resource ?? {}) as { keyFor?: unknown; resource?: unknown };
  if (typeof keyFor === "function") return undefined;
  const mends = ["pass what defineResource returns, as in cache.get(book, 7)"];
  if (own !== undefined) mends[0] = "pass its `resource`";
  if (typeof resource === "string") mends.push("to cache under a key of your own, use getOrSet");
  return `argument 1 is ${describe(resource)}: ${mends.join("; ")}`;
}

function optionsFault(options: unknown): string | undefined {
  if (typeof options !== "object" || options === null)
    return `the options of a read are ${describe(options)}: pass an object, as in { source }`;
  for (const name of ["remainingMs", "waitUntil"]) {
    const given = (options as Readonly<Record<string, unknown>>)[name];
    if (given !== undefined && typeof given !== "function")
      return `${name} is ${describe(given)}: pass a function`;
  }
  return undefined;
}

/** Names of the options of all kinds of reads. */
const READ_OPTIONS =
  "source remainingMs signal ifNoneMatch waitUntil snapshot atOnce entries ahead dryRun onProgress";

/**
 * Refuses arguments that cannot work, and warns of unknown options. Hits skip these checks, to save their time: a wrong
 * call is noticed at the first read that has to load.
 */
export function checkReads(reads: readonly AnyRead[]): void {
  for (const options of new Set(reads.map((read) => read.options))) checkReadOptions(options);
  for (const { resource, params, keys } of reads)
    // A key made of properties that a text or a number does not have: all texts and numbers would share it.
    if (params !== undefined && Object(params) !== params && keys.key === `${resource.name}:(=)`)
      refuse(
        `resource "${resource.name}": its key contains nothing of ${describe(params)}: pass the object that its \`key\` reads, as in { id: 7 }`,
      );
}

function checkReadOptions(options: unknown): void {
  const fault = optionsFault(options);
  if (fault !== undefined) refuse(fault);
  warnOfUnknown(options as object, READ_OPTIONS.split(" "), "a read");
}

const warned = new Set<string>();

/** Warns once of each unknown option. The call is not refused, because callers may pass wider objects. */
export function warnOfUnknown(options: object, known: readonly string[], owner: string): void {
  for (const name of Object.keys(options)) {
    const about = `"${name}" is not an option of ${owner}`;
    if (known.includes(name) || warned.has(about)) continue;
    warned.add(about);
    const meant = nearest(name, known);
    warn(`${about}: ${meant ? `did you mean ${meant}?` : `it is ignored`}`);
  }
}
