import { Cache, type CacheEntry, defineResource, Loaded, MemoryStore } from "@algoitny/cache";
import type { CachedHandlerOptions, ResponseOptions } from "@algoitny/cache/http";
import { VirtualClock } from "@algoitny/cache/testing";
import { decodeEntry } from "../../../../packages/cache/src/protocol/entry.ts";
import { START_MS } from "../../../support/http.ts";

/** A request as a client sends it. */
export interface Ask {
  readonly method?: string;
  /** Path and query, as the client spells them. */
  readonly url?: string;
  readonly headers?: readonly (readonly [name: string, value: string])[];
  /** User whom the server has verified, by other means than an Authorization header. */
  readonly user?: string;
  readonly body?: string;
}

/** A response as the client receives it, with its content coding. */
export interface Got {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Buffer;
}

/** Request as a handler sees it, whatever its framework. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly user: string | undefined;
  readonly body: string;
}

/** Response of a handler, whatever its framework. */
export interface Said {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string | readonly string[] | null | undefined>>;
  readonly cookies?: readonly string[];
  readonly body?: string | Uint8Array | null;
}

export type Handle = (seen: Seen) => Said | Promise<Said>;
export type Client = (ask: Ask) => Promise<Got>;
export type Options = Omit<CachedHandlerOptions<never>, "tags"> & { users?: boolean };

/** One adapter in its framework. */
export interface Subject {
  readonly name: string;
  /** Caches the responses of a handler. */
  readonly wrapped?: (options: Options, handle: Handle) => Promise<Client>;
  /** Answers from a read of the cache. */
  readonly answered?: (
    options: ResponseOptions,
    read: () => Promise<CacheEntry<unknown>>,
  ) => Promise<Client>;
  /** The handler receives only the last value of a repeated header or parameter. */
  readonly lastOnly?: boolean;
  readonly close?: () => Promise<void>;
}

/** A cache in memory under a clock that stands still, and access to its stored bytes. */
export function world() {
  const clock = new VirtualClock(START_MS);
  const store = new MemoryStore({ now: clock.now });
  const cache = new Cache({ store, clock, random: () => 0.5 });
  /** Bytes of the only stored body. */
  const storedBody = async () => {
    const { keys } = await store.walk({ pattern: "*:page:*", remove: [] });
    const texts = await store.mget(keys);
    const [entry] = texts.map((text) => decodeEntry(text ?? "")).filter((each) => each !== null);
    if (!entry) throw new Error("nothing is stored");
    return Buffer.from(entry.body, entry.header.coding === "br" ? "base64" : "utf8");
  };
  return { cache, clock, storedBody };
}

/** A read of the handler's response, as a resource. */
export function readOf(cache: Cache, handle: Handle): () => Promise<CacheEntry<unknown>> {
  const resource = defineResource<void, Uint8Array | undefined>({
    name: "page",
    ttl: "5 minutes",
    negativeTtl: "10 seconds",
    load: async () => {
      const seen = { method: "GET", path: "/", query: "", headers: {}, user: undefined, body: "" };
      const { status, headers = {}, body } = await handle(seen);
      if (status === 404) return undefined;
      const single = Object.entries(headers).map(([name, value]) => [
        name,
        [value].flat().join(", "),
      ]);
      const kept = Object.fromEntries(single) as Record<string, string>;
      return new Loaded(new Uint8Array(Buffer.from(body ?? "")), { headers: kept });
    },
  });
  return () => cache.getEntry(resource);
}

/** Header lines of a response, with those of its cookies. */
export function linesOf(said: Said): [name: string, value: string][] {
  const lines = Object.entries(said.headers ?? {}).flatMap(([name, value]) =>
    value === null || value === undefined
      ? []
      : [value].flat().map((each): [string, string] => [name, each]),
  );
  const cookies = (said.cookies ?? []).map((each): [string, string] => ["set-cookie", each]);
  return [...lines, ...cookies];
}
