import {
  defineResource,
  defineTags,
  type Resource,
  type ResourceOptions,
  throttled,
} from "@algoitny/cache";
import { loadMany, loadOne } from "./loads.ts";
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
  bulk: { loadMany: (params, reader, { signal }) => loadMany(reader, "bulk", params, signal) },
};

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
