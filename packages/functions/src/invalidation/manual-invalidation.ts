import type { Cache, PatternResult, Tag } from "@algoitny/cache";
import { tags as ownTags, withExtent } from "@algoitny/core/tags";
import { tagsAbout } from "@algoitny/core/tags-about";
import { Subject } from "@algoitny/core/user/user";
import * as z from "zod";
import { TagText } from "../endpoint/tag-schema.ts";

/** Longest tag or key that a person may write: longer than those of any view. */
const NAME_LIMIT_CHARACTERS = 2_048;
const TOO_LONG = `write at most ${NAME_LIMIT_CHARACTERS} characters`;

const fields = {
  tags: z
    .array(z.string().max(NAME_LIMIT_CHARACTERS, TOO_LONG).pipe(TagText))
    .max(500)
    .default([])
    .meta({ description: "Tags as `tags.ts` writes them: `problem:7`." }),
  keys: z
    .array(
      z
        .string()
        .max(NAME_LIMIT_CHARACTERS, TOO_LONG)
        .regex(
          /^(?!.*[*?[\]\\])[!-9;-~]+:[!-~]+$/,
          "write a key as `ops/cache/keys` shows it, and a glob as `pattern`",
        ),
    )
    .max(500)
    .default([]),
  /** A glob over keys: `problem_list*`. */
  pattern: z.string().min(1).max(200).optional(),
  /** Everything that shows this problem. */
  problem_id: z.int().positive().optional(),
  /** Everything that shows this user, by the subject of their tokens. */
  user_id: z.optional(Subject),
  /** Entries may still be served as stale while they are refreshed. Not with keys or a pattern. */
  soft: z.boolean().default(false),
} as const;

interface Targets {
  tags: readonly unknown[];
  keys: readonly unknown[];
  pattern?: string | undefined;
  problem_id?: number | undefined;
  user_id?: string | undefined;
  soft: boolean;
}

const namesSomething = ({ tags, keys, pattern, problem_id: problem, user_id: user }: Targets) =>
  tags.length > 0 || keys.length > 0 || (pattern ?? problem ?? user) !== undefined;
const NAMES_NOTHING = {
  error: "say what to invalidate: tags, keys, a pattern, a problem_id or a user_id",
};

const softGoesByTag = ({ soft, keys, pattern }: Targets) =>
  !soft || (keys.length === 0 && pattern === undefined);
const SOFT_WITHOUT_TAGS = {
  error:
    "`soft` needs tags: entries named by keys or patterns are removed, and cannot be served as stale",
};

/** Manual invalidation request. */
export const InvalidationRequest = z
  .strictObject(fields)
  .refine(namesSomething, NAMES_NOTHING)
  .refine(softGoesByTag, SOFT_WITHOUT_TAGS);
export type InvalidationRequest = z.output<typeof InvalidationRequest>;

/** The same over HTTP: with a dry run, or asynchronously. */
export const InvalidationBody = z
  .strictObject({
    ...fields,
    dry_run: z.boolean().default(false),
    async: z.boolean().default(false),
  })
  .refine(namesSomething, NAMES_NOTHING)
  .refine(softGoesByTag, SOFT_WITHOUT_TAGS)
  .refine((body) => !(body.dry_run && body.async), {
    error: "leave out `dry_run` or `async`: a dry run is never asynchronous",
  })
  .meta({
    anyOf: [
      { required: ["tags"], properties: { tags: { minItems: 1 } } },
      { required: ["keys"], properties: { keys: { minItems: 1 } } },
      ...["pattern", "problem_id", "user_id"].map((name) => ({ required: [name] })),
    ],
  });

export interface InvalidationResult {
  /**
   * Tags of the rules that were invalidated, including those of the problem and of the user; without tags of recorded
   * reads.
   */
  tags: readonly Tag[];
  keys: readonly string[];
  pattern: PatternResult | null;
}

export interface ByHandOptions {
  cache: Pick<Cache, "invalidate" | "expire" | "invalidatePattern">;
  /** If views are recorded: the tags that entries of recorded views have in place of the given ones. */
  namesOf?: ((tags: readonly Tag[]) => Promise<readonly Tag[]>) | undefined;
  dryRun?: boolean;
  /** Called with the number of entries that a walk by pattern has found so far; a thrown error ends the walk. */
  onProgress?: (entries: number) => void;
}

/** Invalidates what a person names; rejects if the store does not answer, and may then be repeated. */
export async function invalidateManually(
  request: InvalidationRequest,
  { cache, namesOf, dryRun = false, onProgress = () => {} }: ByHandOptions,
): Promise<InvalidationResult> {
  const { keys, pattern, problem_id: problem, user_id: user, soft } = request;
  const tags = withExtent([
    ...request.tags,
    ...(problem === undefined ? [] : tagsAbout.problem(problem)),
    ...(user === undefined ? [] : tagsAbout.user(user)),
  ]);
  if (!dryRun) {
    const all = [...tags, ...((await namesOf?.(tags)) ?? [])];
    await (soft ? cache.expire(all) : cache.invalidate(all));
    await Promise.all(keys.map((key) => cache.invalidatePattern(key)));
  }
  const matched =
    pattern === undefined ? null : await cache.invalidatePattern(pattern, { dryRun, onProgress });
  // The removed entries may be segments. The extent is invalidated after them: otherwise a process could read an old
  // segment again with the new extent.
  if (!dryRun && (keys.length > 0 || pattern !== undefined))
    await cache.invalidate(ownTags.problem_extent());
  return { tags: [...new Set(tags)], keys, pattern: matched };
}
