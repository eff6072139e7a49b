import {
  defineResource,
  Loaded,
  type Resource,
  type ResourceOptions,
  type Tag,
  throttled,
  type ThrottledTag,
} from "@algoitny/cache";
import { loadFromParts, loadMany, loadOne } from "./loads.ts";
import { loadRecorded } from "./recorded-loads.ts";
import { tags } from "./row-tags.ts";
import { type Params, type Reader, rowsOf, type Value } from "./values.ts";

export { tags };

export type ModelResource = Resource<Params, Value, Reader>;
type Options = ResourceOptions<Params, Value, Reader>;

const HARD = "3 seconds";

const rowTags = ({ key }: Params) => rowsOf(key).map((row) => tags.row(row));

/** One resource of every kind, and of combinations that are likely to conflict. */
const KINDS: Readonly<Record<string, Partial<Options>>> = {
  plain: {},
  versioned: {},
  retagged: {},
  revalidated: { ttl: "10 seconds", staleWhileRevalidate: "30 seconds" },
  impatient: {
    ttl: "10 seconds",
    staleWhileRevalidate: "30 seconds",
    softTimeout: "400 milliseconds",
    hardTimeout: HARD,
  },
  fallback: { ttl: "10 seconds", staleIfError: "40 seconds" },
  held: { l1: true },
  trusted: { l1: { revalidateAfter: "2 seconds" } },
  heldStale: {
    ttl: "10 seconds",
    staleWhileRevalidate: "30 seconds",
    l1: { revalidateAfter: "2 seconds" },
  },
  // Row a may be slightly outdated, row b may not.
  tolerant: throttledBy((tag) => throttled(tag, "2 seconds")),
  // The same, once the tag is hot.
  heated: throttledBy((tag) => throttled(tag, "2 seconds", { afterReloads: 2 })),
  eventual: { consistency: "eventual" },
  heldEventual: { consistency: "eventual", l1: true },
  forgetful: { negativeTtl: false },
  jittered: { jitter: 0.5, ttl: "20 seconds", negativeTtl: "8 seconds" },
  tagged: { tags: () => [], load: loadTagged("tagged") },
  taggedHeld: {
    tags: () => [],
    l1: { revalidateAfter: "2 seconds" },
    load: loadTagged("taggedHeld"),
  },
  derived: {
    tags: () => [],
    load: (params, reader, { signal }) => {
      const part = resourceOf("plain", reader.instance.program);
      return loadFromParts(reader, "derived", params, { signal, part });
    },
  },
  recorded: recordedAs("recorded", {}),
  recordedHeld: recordedAs("recordedHeld", { l1: { revalidateAfter: "2 seconds" } }),
  bulk: { loadMany: (params, reader, { signal }) => loadMany(reader, "bulk", params, signal) },
};

function throttledBy(throttle: (tag: Tag) => ThrottledTag): Partial<Options> {
  const [first] = rowTags({ key: "a" });
  return {
    tags: (params) => rowTags(params).map((tag) => (tag === first ? throttle(tag) : tag)),
  };
}

/** Loads a value whose tags are known only from the value. */
function loadTagged(name: string): Options["load"] {
  return async (params, reader, { signal }) => {
    const { value, options } = await loadOne(reader, name, params, signal);
    return new Loaded(value, { ...options, tags: rowTags(params) });
  };
}

/** A kind whose tags are recorded from the reads of its load. */
function recordedAs(name: string, options: Partial<Options>): Partial<Options> {
  return {
    ...options,
    tags: "reads",
    load: async (params, reader, { signal, reads }) => {
      if (!reads) throw new Error(`${name}: nothing records`);
      return loadRecorded(reader, name, params, { signal, reads });
    },
  };
}

/** Kinds that no write can store: only a load shows their tags. */
export const RECORDED: readonly string[] = ["recorded", "recordedHeld"];

const TAGGED_BY_VALUE = new Set(["tagged", "taggedHeld", "derived", ...RECORDED]);

/** Tags known only from an entry's value. */
export function valueTagsOf({ name }: ModelResource, key: string): Tag[] {
  return TAGGED_BY_VALUE.has(name) ? rowTags({ key }) : [];
}

/** Names of the parts of a derived entry's value. */
export function partsOf({ name }: ModelResource, key: string): string[] {
  return name === "derived" ? rowsOf(key).map((row) => `plain:${row}`) : [];
}

/** All tags of an entry. */
export function tagsOf(resource: ModelResource, key: string) {
  return [resource.tag, ...resource.tagsFor({ key }), ...valueTagsOf(resource, key)];
}

export const RESOURCE_NAMES = Object.keys(KINDS);

function define(name: string, program: number): ModelResource {
  return defineResource<Params, Value, Reader>({
    name,
    key: ({ key }) => key,
    tags: name === "retagged" && program === 1 ? (params) => rowTags(params).toReversed() : rowTags,
    version: name === "versioned" ? program : 1,
    ttl: "60 seconds",
    jitter: 0,
    compression: false,
    hardTimeout: HARD,
    load: (params, reader, { signal }) => loadOne(reader, name, params, signal),
    ...KINDS[name],
  });
}

/** The resources as two versions of one program define them; instances may run different ones. */
const programs = [0, 1].map(
  (program) => new Map(RESOURCE_NAMES.map((name) => [name, define(name, program)])),
);

export const PROGRAMS = programs.length;

export function resourcesOf(program: number): ModelResource[] {
  return [...(programs[program] as Map<string, ModelResource>).values()];
}

export function resourceOf(name: string, program: number): ModelResource {
  return programs[program]?.get(name) as ModelResource;
}
