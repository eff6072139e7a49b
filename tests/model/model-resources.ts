import {
  defineResource,
  defineTags,
  Loaded,
  type Resource,
  type ResourceOptions,
  type Tag,
  throttled,
} from "@algoitny/cache";
import { loadFromParts, loadMany, loadOne } from "./loads.ts";
import { type Params, type Reader, rowsOf, type Value } from "./values.ts";

export const tags = defineTags({ row: (name: string) => [name] });

export type ModelResource = Resource<Params, Value, Reader>;
type Options = ResourceOptions<Params, Value, Reader>;

const HARD = "3 seconds";

const rowTags = ({ key }: Params) => rowsOf(key).map((row) => tags.row(row));

/** One resource of every kind there is, and of combinations that are likely to hurt each other. */
const KINDS: Readonly<Record<string, Partial<Options>>> = {
  plain: {},
  versioned: {},
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
  // Row a may be a little old, row b may not.
  tolerant: {
    tags: ({ key }) =>
      rowTags({ key }).map((tag) => (tag === tags.row("a") ? throttled(tag, "2 seconds") : tag)),
  },
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
  bulk: { loadMany: (params, reader, { signal }) => loadMany(reader, "bulk", params, signal) },
};

/** Loads a value whose tags come from the value alone. */
function loadTagged(name: string): Options["load"] {
  return async (params, reader, { signal }) => {
    const { value, options } = await loadOne(reader, name, params, signal);
    return new Loaded(value, { ...options, tags: rowTags(params) });
  };
}

const TAGGED_BY_VALUE = new Set(["tagged", "taggedHeld", "derived"]);

/** Tags that come from an entry's value alone. */
export function valueTagsOf({ name }: ModelResource, key: string): Tag[] {
  return TAGGED_BY_VALUE.has(name) ? rowTags({ key }) : [];
}

/** Names of the entries that an entry's value is made from. */
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
    tags: rowTags,
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
