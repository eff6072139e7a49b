import type { ExecutionResult } from "graphql";
import type { CacheEntry } from "../cache-entry.ts";
import { defineResource } from "../define-resource.ts";
import type { Duration } from "../duration.ts";
import { Loaded, type Resource } from "../resource.ts";
import type { Plan } from "./plan.ts";
import type { Run } from "./run.ts";

/** Parts of a response's key. */
export interface ResponseKey {
  readonly plan: Plan;
  readonly variant: string;
  /** Null: an anonymous request; undefined: the response is public. */
  readonly viewer: string | null | undefined;
  readonly variables: string;
}

export interface ResponseSource {
  readonly execute: () => Promise<ExecutionResult>;
  readonly run: Run;
  /** Receives a result that belongs only to its own request. */
  readonly keepApart: (result: ExecutionResult) => void;
}

export type Responses = Resource<ResponseKey, object, ResponseSource>;

/** Header of an entry that is not stored, because its result is for one request only; the header's value is the reason. */
const APART = ":graphql-apart";

/** Upper bound of a response's lifetime, whatever the schema says. */
const LONGEST: Duration = "1 day";

/** Highest number of tags of an entry, including `OWN_TAGS`. */
const MOST_TAGS = 320;

/**
 * The resource of whole responses. A response is made from the entries that its resolvers read: it has their tags and
 * stamps, and expires as soon as one of them does.
 */
export function defineResponses(name: string, version: string): Responses {
  return defineResource({
    name,
    version,
    key: ({ plan, variant, viewer, variables }: ResponseKey) => [
      variant,
      ...(viewer === undefined ? ["public"] : ["viewer", viewer]),
      plan.id,
      variables,
    ],
    ttl: LONGEST,
    jitter: 0,
    negativeTtl: false,
    enqueueRefresh: false,
    verify: false,
    load: async ({ plan }, { execute, run, keepApart }: ResponseSource) => {
      const result = await execute();
      const leftMs = lifetimeMs(plan, run);
      const reason = refusal(plan, run, result) ?? (leftMs > 0 ? undefined : "max-age");
      if (reason === undefined)
        return new Loaded<object>(
          { data: result.data },
          { from: [...run.parts], ttl: `${leftMs} milliseconds`, headers: notesOf(run) },
        );
      keepApart(result);
      return new Loaded<object>({}, { store: false, headers: { [APART]: reason } });
    },
  });
}

/** Reason why an entry's value is not the response; undefined: it is. */
export function apartReason({ entry }: CacheEntry<unknown>): string | undefined {
  return entry.header.headers[APART];
}

/** Stored header of a response that has null for something that was not found. */
const MISSING = ":graphql-missing";

/** Notes stored with a response, which are not sent. */
function notesOf({ parts }: Run): Record<string, string> {
  const isWhole = [...parts].every(({ entry }) => entry.header.status === 200);
  return isWhole ? {} : { [MISSING]: "1" };
}

/**
 * True if a response has null for something that was not found. If hidden things look like missing ones, send such a
 * response without `Age` and `Cache-Status`: these would reveal that a hidden thing has changed.
 */
export function hasMissing({ entry }: Pick<CacheEntry<unknown>, "entry">): boolean {
  return MISSING in entry.header.headers;
}

/** Rules for what may be stored; `Cache-Status` names the first one that is broken. */
function refusal(
  plan: Plan,
  { parts, personal }: Run,
  result: ExecutionResult,
): string | undefined {
  if (result.errors !== undefined && result.errors.length > 0) return "errors";
  if (result.data == null || result.extensions !== undefined || "hasNext" in result)
    return "incomplete";
  if (personal !== undefined && !plan.isPrivate) return "personal";
  if (![...parts].every(isSound)) return "part-not-stored";
  const tags = new Set([...parts].flatMap((part) => part.tags));
  return tags.size + OWN_TAGS > MOST_TAGS ? "too-many-tags" : undefined;
}

/** Number of tags that every response has: the tag of all entries, and the tag of all responses. */
const OWN_TAGS = 2;

/** True if an entry is stored and fresh: a stale one would make the response outlive its refresh. */
function isSound({ status, stored, collapsed, detail }: CacheEntry<unknown>): boolean {
  return status === "hit" || (status === "miss" && (stored || (collapsed && detail === undefined)));
}

/** Lifetime of the response: the least of the limits of schema and resolvers, and of what each part had left when read. */
function lifetimeMs({ maxAgeMs }: Plan, run: Run): number {
  const left = [...run.parts].map(
    ({ ageMs, entry: { header } }) => header.freshUntilMs - header.createdMs - ageMs,
  );
  return Math.floor(Math.min(maxAgeMs, run.maxAgeMs, ...left));
}
