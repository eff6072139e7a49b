import * as z from "zod";
import { ok } from "../endpoint/answer.ts";
import { KnownTag } from "../endpoint/known-tag.ts";
import { endpoint } from "../runtime.ts";

const Body = z
  .strictObject({
    tags: z.array(KnownTag).max(500).default([]),
    keys: z
      .array(z.string().regex(/^[^:\s]+:\S+$/, "write a key as `ops/cache/keys` shows it"))
      .max(500)
      .default([]),
    pattern: z.string().min(1).max(200).optional(),
    dry_run: z.boolean().default(false),
  })
  .refine(
    ({ tags, keys, pattern }) => tags.length > 0 || keys.length > 0 || pattern !== undefined,
    {
      error: "say what to invalidate: tags, keys or a pattern",
    },
  );

export const handler = endpoint(
  "POST /api/ops/cache/invalidate/",
  { body: Body },
  async ({ body: { tags, keys, pattern, dry_run: dryRun } }, { cache }) => {
    if (!dryRun) {
      await cache.invalidate(tags);
      await cache.delete(...keys);
    }
    const matched =
      pattern === undefined ? null : await cache.invalidatePattern(pattern, { dryRun });
    return ok({ dry_run: dryRun, tags, keys, pattern: matched });
  },
);
