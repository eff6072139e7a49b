import { type Duration, toMs } from "../duration.ts";
import { encodeBody, type EncodedBody, looseText } from "../encode.ts";
import { CacheError } from "../errors.ts";
import { emit } from "../events.ts";
import { type Entry, type EntryHeader, NO_ETAG } from "../protocol/entry.ts";
import { lifetime } from "../protocol/lifetime.ts";
import type { LoadedOptions } from "../resource.ts";
import { warnOfUnstorable } from "../value-check.ts";
import type { Engine } from "./context.ts";
import { asError } from "./as-error.ts";
import { heatOf } from "./heat.ts";
import type { Load } from "./load.ts";
import type { AnyRead } from "./read-context.ts";

interface MadeFrom {
  readonly stamps: readonly string[];
  readonly valueTags: readonly string[];
  /** The store's time when it returned the stamps, in ms; NaN if unknown. */
  readonly grantedMs: number;
  /** The entry that the load replaces. */
  readonly previous?: Entry | null;
}

/** Highest number of tags of an entry, including those of its value: each is compared at every look. */
const MOST_TAGS = 320;

/** Makes the entry of a load, with the stamps from before it began. A value that cannot be stored goes to its reader only. */
export async function toEntry(
  engine: Engine,
  read: AnyRead,
  loaded: Load,
  { stamps, valueTags, grantedMs, previous = null }: MadeFrom,
): Promise<{ load: Load; entry: Entry }> {
  const { resource, keys } = read;
  let load = loaded;
  let body = NO_BODY;
  try {
    if (keys.tags.length + valueTags.length > MOST_TAGS)
      throw new CacheError(
        "value_unsupported",
        `${keys.key}: its entry has too many tags: at most ${MOST_TAGS}`,
      );
    if (load.unchanged) body = bodyOf(load.unchanged);
    else if (load.value !== undefined) body = await encodeBody(load.value, resource);
  } catch (error) {
    reportUnstorable(read, asError(error));
    load = { ...loaded, keep: false };
    body = { ...NO_BODY, body: looseText(load.value) };
  }
  const { settlingMs, random } = engine;
  const { consistency = resource.consistency } = load.options;
  const longest = (engine.policy.lifetime ?? lifetime)(
    { ...resource, consistency },
    {
      found: load.isFound,
      stamps,
      grantedMs,
      settlingMs,
      random: random(),
    },
  );
  const { freshMs, staleMs, errorMs } = shortened(longest, load.options);
  // Counts from the end of this entry's load: in a batch, the slowest load may delay the others' entries.
  const freshUntilMs = load.startMs + load.loadMs + freshMs;
  const heat = heatOf(keys, previous, { stamps, startMs: load.startMs });
  const header: EntryHeader = {
    fingerprint: resource.fingerprint,
    createdMs: asOfMs(engine, load),
    freshUntilMs,
    staleUntilMs: freshUntilMs + staleMs,
    errorUntilMs: freshUntilMs + errorMs,
    loadMs: load.loadMs,
    stamps: [...stamps],
    tagsDigest: keys.digest,
    valueTags: [...valueTags],
    status: load.isFound ? 200 : 404,
    etag: body.etag,
    coding: body.coding,
    kind: body.kind,
    plainLength: body.plainLength,
    headers: { ...(load.unchanged?.header.headers ?? load.options.headers) },
    validator: load.unchanged?.header.validator ?? load.options.validator ?? null,
    ...(heat > 0 && { heat }),
  };
  return { load, entry: { id: engine.token(), header, body: body.body } };
}

/**
 * Start of the load. With `maxStaleness`, for a value made from other entries: the start of their oldest load, but at most
 * `maxStaleness` before this load, because each of them was confirmed when it was read.
 */
function asOfMs({ maxStalenessMs }: Engine, { startMs, options: { from = [] } }: Load): number {
  const oldestMs = Math.min(startMs, ...from.map(({ entry }) => entry.header.createdMs));
  return maxStalenessMs === Infinity ? startMs : Math.max(oldestMs, startMs - maxStalenessMs);
}

type Lifetimes = ReturnType<typeof lifetime>;

/**
 * A value's lifetime may be shorter than its resource's, but never longer: reads limit it to the resource's, so that a
 * lowered `ttl` in code applies to stored entries too.
 */
function shortened(longest: Lifetimes, own: LoadedOptions): Lifetimes {
  const within = (ms: number, limit: Duration | undefined) =>
    limit === undefined ? ms : Math.min(ms, toMs(limit));
  return {
    freshMs: within(longest.freshMs, own.ttl),
    staleMs: within(longest.staleMs, own.staleWhileRevalidate),
    errorMs: within(longest.errorMs, own.staleIfError),
  };
}

const NO_BODY: EncodedBody = {
  body: "",
  coding: "identity",
  kind: "json",
  etag: NO_ETAG,
  plainLength: 0,
};

function bodyOf({ header, body }: Entry): EncodedBody {
  const { coding, kind, etag, plainLength } = header;
  return { body, coding, kind, etag, plainLength };
}

function reportUnstorable({ resource, keys }: AnyRead, error: Error): void {
  emit(() => ({ type: "fill-failed", resource: resource.name, key: keys.key, error }));
  warnOfUnstorable(resource.name, error);
}
