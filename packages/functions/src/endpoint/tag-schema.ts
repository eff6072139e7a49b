import { parseTag, type Tag } from "@algoitny/cache";
import { type TagName, type TagPart, tagParts, tags } from "@algoitny/core/tags";
import { views } from "@algoitny/core/views";
import * as z from "zod";

/** Parts of each tag, all of them percent-encoded. */
const forms: Readonly<Record<TagName, readonly TagPart[]>> = tagParts;

/** Parts whose texts are restricted. */
const PATTERNS: Readonly<Partial<Record<TagPart, RegExp>>> = {
  id: /^[1-9]\d{0,14}$/,
  partition: /^(0|[1-9]\d{0,14})$/,
};
const ANY = /./s;

const RESOURCE_TAGS = views.map(({ tag }) => tag);

/** A tag as a person types it. One that no view carries is refused: it would seem to work and change nothing. */
export const TagText = z.string().transform((text, context): Tag => {
  const fault = faultOf(text);
  if (fault === undefined) return parseTag(text);
  context.addIssue({ code: "custom", message: fault });
  return z.NEVER;
});

function faultOf(text: string): string | undefined {
  if (RESOURCE_TAGS.some((tag) => tag === text)) return undefined;
  const [name = "", ...given] = text.split(":");
  if (!isTagName(name)) {
    const names = Object.keys(forms).map((known) => formOf(known as TagName));
    return `must be one of ${[...names, ...RESOURCE_TAGS].join(", ")}`;
  }
  const parts = given.map(decoded);
  const fits =
    parts.length === forms[name].length &&
    forms[name].every((part, index) => (PATTERNS[part] ?? ANY).test(parts[index] ?? ""));
  if (!fits) return `must be written as ${formOf(name)}, each part percent-encoded`;
  const make = tags[name] as (...values: string[]) => Tag;
  const canonical = make(...parts);
  return canonical === text ? undefined : `is carried by nothing: write ${canonical}`;
}

function isTagName(name: string): name is TagName {
  return Object.hasOwn(forms, name);
}

/** `problem_key:<platform>:<problem_id>` */
function formOf(name: TagName): string {
  return [name, ...forms[name].map((part) => `<${part}>`)].join(":");
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment; // encoded again, its `%` makes it another tag
  }
}
