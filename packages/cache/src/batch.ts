import { fillAll } from "./batch-fill.ts";
import type { Member } from "./batch-load.ts";
import { asError, lookUpAll } from "./batch-store.ts";
import { type Decoded, decodeServed } from "./decode.ts";
import type { Engine } from "./engine.ts";
import { hit } from "./hit.ts";
import { type AnyAsk, type Ask, standInOf } from "./lookup.ts";
import { begin, read, type ReadRequest } from "./read.ts";
import type { Resource } from "./resource.ts";
import type { Served } from "./served.ts";
import { servedStale } from "./serve-stale.ts";

/** Reads many entries of a resource: equal keys are read once, and each failure is an Error in its own place. */
export async function readMany<Params, Value, Source>(
  engine: Engine,
  resource: Resource<Params, Value, Source>,
  params: readonly Params[],
  request: ReadRequest<Source>,
): Promise<(Value | undefined | Error)[]> {
  const asks = params.map((each) => beginOr(engine, resource, each, request));
  const good = asks.filter((ask): ask is Ask<Params, Value, Source> => !(ask instanceof Error));
  const unique = [...new Map(good.map((ask) => [ask.place.key, ask])).values()];
  const values = await valuesOf<Value>(engine, unique);
  return asks.map((ask) => (ask instanceof Error ? ask : values.get(ask.place.key)));
}

/** A key or tags that cannot be made fail their own place alone. */
function beginOr<Params, Value, Source>(
  ...args: Parameters<typeof begin<Params, Value, Source>>
): Ask<Params, Value, Source> | Error {
  try {
    return begin(...args);
  } catch (error) {
    return asError(error);
  }
}

async function valuesOf<Value>(
  engine: Engine,
  asks: readonly AnyAsk[],
): Promise<Map<string, Value | undefined | Error>> {
  const values = new Map<string, Value | undefined | Error>();
  const unusable: AnyAsk[] = [];
  const served = await readUnique(engine, asks);
  const settled = asks.map(async (ask) => {
    const { key } = ask.place;
    try {
      const one = (await served.get(key)) as Served;
      const { fits, value }: Decoded<Value> = await decodeServed(ask.resource, one);
      if (fits) values.set(key, value);
      else unusable.push({ ...ask, unusable: one.entry.id });
    } catch (error) {
      values.set(key, asError(error));
    }
  });
  await Promise.all(settled);
  if (unusable.length === 0) return values;
  // They are misses from here on, and read together again: in the end what is loaded fits.
  return new Map([...values, ...(await valuesOf<Value>(engine, unusable))]);
}

/** One look for all; then one bulk load for those that this process gets the leases of. */
async function readUnique(
  engine: Engine,
  asks: readonly AnyAsk[],
): Promise<Map<string, Promise<Served>>> {
  const results = new Map<string, Promise<Served>>();
  const wanted: Member[] = [];
  for (const { ask, look } of await lookUpAll(engine, asks)) {
    const standIn = standInOf(look);
    const { key } = ask.place;
    if (look.state === "fresh") results.set(key, Promise.resolve(hit(engine, ask, look, 0)));
    else if (!engine.flights.has(key)) wanted.push({ ask, look, standIn });
    else if (standIn?.refreshing)
      results.set(key, Promise.resolve(servedStale(engine, ask, standIn.entry)));
    else results.set(key, read(engine, ask));
  }
  // Each promise is awaited by its own place; until then a failure must not count as unhandled.
  for (const served of results.values()) served.catch(() => undefined);
  return new Map([...results, ...(await fillAll(engine, wanted))]);
}
