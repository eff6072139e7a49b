import type { Engine } from "../engine/context.ts";
import { CacheError } from "../errors.ts";
import type { AnyResource, Resource } from "../resource.ts";
import type { Tag } from "../tag.ts";
import { describe, CALL_IT } from "../faults.ts";
import { invalidateTags, removeKeys } from "./invalidate-now.ts";

type Operation = "invalidate" | "expire";

/** Element of an array of things to invalidate: a resource stands for all of its entries. */
export type Target = Tag | AnyResource;

/** Invalidates or expires what the arguments name, with one command; with no arguments it sends nothing. */
export async function invalidateTargets(
  engine: Engine,
  operation: Operation,
  args: readonly unknown[],
): Promise<void> {
  const { tags, keys } = targetsOf(operation, args);
  await removeKeys(engine, keys);
  await invalidateTags(engine, tags, operation === "expire");
}

/**
 * Reads the arguments of `invalidate` and `expire`: a resource, with or without the parameters of one entry, or any
 * number of tags and arrays. Refuses anything on which no entry could depend.
 */
function targetsOf(
  operation: Operation,
  args: readonly unknown[],
): { tags: Tag[]; keys: string[] } {
  const [first, ...rest] = args;
  if (isResource(first)) {
    if (rest.length === 0) return { tags: [first.tag], keys: [] };
    if (operation === "invalidate" && rest.length === 1 && !isResource(rest[0]))
      return { tags: [], keys: [(first as Resource<unknown, unknown, never>).keyFor(rest[0])] };
    const mend =
      operation === "expire"
        ? "one entry cannot be expired alone; expire one of its tags"
        : "put several resources or tags into one array";
    throw new CacheError("definition_invalid", `${operation}(resource, …): ${mend}`);
  }
  const tags = args.flatMap((argument, index) =>
    Array.isArray(argument)
      ? argument.map((item, at) => tagOf(operation, item, `item ${at}`))
      : [tagOf(operation, argument, `argument ${index + 1}`)],
  );
  return { tags, keys: [] };
}

/** The tags of what a write changes, given as one target or as an array. */
export function tagsOf(operation: string, targets: Target | readonly Target[]): Tag[] {
  const all: readonly unknown[] = Array.isArray(targets) ? targets : [targets];
  return all.map((target, at) => tagOf(operation, target, `item ${at}`));
}

function tagOf(operation: string, target: unknown, place: string): Tag {
  if (isResource(target)) return target.tag;
  if (typeof target === "string" && target !== "") return target as Tag;
  const isCached = typeof target === "function" && "resource" in target;
  const mend = isCached
    ? "pass its `resource`"
    : typeof target === "function"
      ? `call it, as in tags.book(7)`
      : CALL_IT;
  const what = target === "" ? "an empty text" : describe(target);
  throw new CacheError("definition_invalid", `${operation}: ${place} is ${what}: ${mend}`);
}

function isResource(value: unknown): value is AnyResource {
  return typeof value === "object" && value !== null && "keyFor" in value && "tag" in value;
}
