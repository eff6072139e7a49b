import { checkGiven, checkTags } from "./faults.ts";
import { CacheError, refuse } from "./errors.ts";
import type { AnyResource, GivenTags, LoadedOptions } from "./resource.ts";
import { warnOnce } from "./warn.ts";

type Issue = { readonly message?: string; readonly path?: readonly unknown[] };

/** Rejects with `value_invalid` when a resource's schema refuses what its loader returned. */
export async function checkLoaded(
  { name, schema }: Pick<AnyResource, "name" | "schema">,
  value: unknown,
): Promise<void> {
  if (schema === undefined) return;
  const { issues } = (await schema["~standard"].validate(value)) as { issues?: readonly Issue[] };
  if (!issues) return;
  const [issue = {}] = issues;
  const where = issue.path?.length ? ` at "${issue.path.map(stepOf).join(".")}"` : "";
  const why = issue.message === undefined ? "" : `: ${issue.message}`;
  const message = `resource "${name}": load returned what its schema refuses${where}${why}`;
  throw new CacheError("value_invalid", message);
}

const LOADED_OPTIONS =
  "headers store ttl staleWhileRevalidate staleIfError consistency tags from budget validator";

/**
 * Throws a CacheError (`definition_invalid`) when an option of a `Loaded` is unknown, or `tags` or `from` is of the
 * wrong kind.
 */
export function checkLoadedOptions(resource: string, options: LoadedOptions): void {
  const about = `resource "${resource}": Loaded: `;
  checkGiven(options, LOADED_OPTIONS, about);
  const { tags = [], from = [] } = options as Readonly<Record<string, unknown>>;
  checkTags(tags as GivenTags, about);
  if (!Array.isArray(from) || !from.every((each) => each?.entry?.header))
    refuse(`${about}from is a list of what \`await cache.getEntry(…)\` gives`);
}

function stepOf(step: unknown): string {
  return String(typeof step === "object" && step !== null && "key" in step ? step.key : step);
}

/** Warns once for each resource whose values cannot be stored: until that is corrected, every read loads. */
export function warnOfUnstorable(resource: string, error: Error): void {
  const message = error.message.replace(
    /^value_unsupported: /,
    `value_unsupported: resource "${resource}": `,
  );
  warnOnce(`unstorable ${resource}`, `${message}; it is returned, but not stored`);
}
