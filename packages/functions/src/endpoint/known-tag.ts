import { parseTag, resourceTag } from "@algoitny/cache";
import { resources } from "../resources.ts";
import { tags } from "@algoitny/core/tags";
import * as z from "zod";

const NAMES: ReadonlySet<string> = new Set(Object.keys(tags));
const RESOURCE_TAGS: ReadonlySet<string> = new Set(resources.map(resourceTag));

/** A tag as a person types it. One that no view carries would seem to work and change nothing. */
export const KnownTag = z
  .string()
  .refine(
    (text) =>
      /^\S+$/.test(text) && (NAMES.has(text.split(":", 1)[0] ?? "") || RESOURCE_TAGS.has(text)),
    {
      error: `must be a tag, as \`problem:7\`; they begin with ${[...NAMES, ...RESOURCE_TAGS].join(", ")}`,
    },
  )
  .transform(parseTag);
