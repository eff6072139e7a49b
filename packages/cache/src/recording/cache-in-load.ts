import { decodeServed } from "../engine/decode.ts";
import type { Engine } from "../engine/context.ts";
import { fetchAll } from "../engine/fetch.ts";
import { type AnyRead, type AnyReadOptions, startRead } from "../engine/read-context.ts";
import type { Served } from "../engine/served.ts";
import { CacheError } from "../errors.ts";
import type { Resource } from "../resource.ts";
import { unwatched } from "./foreign.ts";
import type { CacheInLoad } from "./load-reads.ts";

// oxlint-disable-next-line typescript/no-explicit-any -- the engine treats every resource's types alike
type Any = Resource<any, any, any>;

/** Parameters and options of a read. */
type Given = readonly unknown[];

/** A read of another resource, and its result. */
export interface Part {
  readonly read: AnyRead;
  readonly served: Served;
}

/** The load's part in reads of other resources. */
interface PartsOfLoad {
  /** Creates the stamps of the entries' own tags (`entryTag`) before the entries with these keys are read. */
  readonly prepare: (keys: readonly string[]) => Promise<unknown>;
  /** Passes the tags, age and expiry of a part on to the new entry. */
  readonly inherit: (part: Part) => void;
}

/** Reads other resources within a load, by default with the load's source and time limit. */
export function cacheInLoad(
  engine: Engine,
  outer: AnyRead,
  { prepare, inherit }: PartsOfLoad,
): CacheInLoad {
  const readAll = (
    resource: Any,
    all: readonly unknown[],
    options: AnyReadOptions = {},
  ): Promise<Promise<Part>[]> =>
    unwatched(async () => {
      const inherited = { source: outer.source, remainingMs: () => outer.budget.leftMs() };
      const isBulk = all.length > 1;
      const reads = all.map((params) => ({
        ...startRead(engine, resource, params, { ...inherited, ...options }),
        isBulk,
      }));
      await prepare(reads.map(({ keys }) => keys.key));
      const serving = await fetchAll(engine, reads);
      return serving.map(async (each, index) => {
        const read = reads[index] as AnyRead;
        const served = await each;
        inherit({ read, served });
        return { read, served };
      });
    });

  const readOne = async (resource: Any, ...[params, options]: Given) =>
    (await readAll(resource, [params], options as AnyReadOptions))[0] as Promise<Part>;

  return {
    get: async (resource: Any, ...args: Given) =>
      valueOf(await readOne(resource, ...args)) as never,
    getMany: async (resource: Any, all: readonly unknown[], options?: AnyReadOptions) => {
      const parts = await readAll(resource, all, options);
      return Promise.all(
        parts.map(async (part) => {
          try {
            return (await valueOf(await part)) as never;
          } catch (error) {
            return error instanceof Error ? error : new Error(String(error));
          }
        }),
      );
    },
  };
}

async function valueOf({ read, served }: Part): Promise<unknown> {
  const { fits, value } = await decodeServed<unknown>(read.resource, served);
  if (fits) return value;
  throw new CacheError("value_invalid", `${read.keys.key}: what is stored does not fit the schema`);
}
