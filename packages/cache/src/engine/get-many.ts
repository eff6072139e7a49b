import type { Resource } from "../resource.ts";
import type { Engine } from "./context.ts";
import { decodeServed } from "./decode.ts";
import { asError } from "./exchange.ts";
import { fetchAll } from "./fetch.ts";
import { type AnyRead, type ReadContext, type ReadOptions, startRead } from "./read-context.ts";

/** Reads many entries of a resource: equal keys are read once, and each failure is an Error in its own place. */
export async function getMany<Params, Value, Source>(
  engine: Engine,
  resource: Resource<Params, Value, Source>,
  params: readonly Params[],
  request: ReadOptions<Source>,
): Promise<(Value | undefined | Error)[]> {
  const reads = params.map((each) => startOr(engine, resource, each, request, { isBulk: true }));
  const unique = uniqueReads(reads);
  const values = await valuesOf<Value>(engine, unique);
  return reads.map((read) => (read instanceof Error ? read : values.get(read.keys.key)));
}

/** Starts a read; a key or tags that cannot be made are an Error in its place. */
export function startOr<Params, Value, Source>(
  ...args: Parameters<typeof startRead<Params, Value, Source>>
): ReadContext<Params, Value, Source> | Error {
  try {
    return startRead(...args);
  } catch (error) {
    return asError(error);
  }
}

/** One read for each key. */
export function uniqueReads(reads: readonly (AnyRead | Error)[]): AnyRead[] {
  const good = reads.filter((read): read is AnyRead => !(read instanceof Error));
  return [...new Map(good.map((read) => [read.keys.key, read])).values()];
}

/** Decoded values by key. Entries that do not fit are read again as misses: in the end what is loaded fits. */
async function valuesOf<Value>(
  engine: Engine,
  reads: readonly AnyRead[],
): Promise<Map<string, Value | undefined | Error>> {
  const values = new Map<string, Value | undefined | Error>();
  const unusable: AnyRead[] = [];
  const served = await fetchAll(engine, reads);
  const settled = reads.map(async (read, index) => {
    const { key } = read.keys;
    try {
      const one = await served[index]!;
      const { fits, value } = await decodeServed<Value>(read.resource, one);
      if (fits) values.set(key, value);
      else unusable.push({ ...read, unusable: one.entry.id });
    } catch (error) {
      values.set(key, asError(error));
    }
  });
  await Promise.all(settled);
  if (unusable.length === 0) return values;
  return new Map([...values, ...(await valuesOf<Value>(engine, unusable))]);
}

/** Gets a value in place of an entry that is damaged or does not fit. Rejects as the loader does. */
export async function getAgain<P, V, S>(
  engine: Engine,
  read: ReadContext<P, V, S> & { readonly unusable: string },
): Promise<V | undefined> {
  const values = await valuesOf<V>(engine, [read]);
  const value = values.get(read.keys.key);
  if (value instanceof Error) throw value;
  return value;
}
