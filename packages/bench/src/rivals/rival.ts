import type { Addresses } from "../servers/servers.ts";

/** Addresses of the servers that a subject uses: direct, or of the proxies that count and delay. */
export interface Place {
  readonly redisPort: number;
  readonly upstash: { readonly url: string; readonly token: string };
  /** Time limit for one command; default: 1 s. If set, it is also the `storeTimeout` of the project's own library. */
  readonly timeoutSeconds?: number | undefined;
}

/** One instance of a cache library, as in one process, behind the interface of the benchmarks. */
export interface Subject {
  readonly name: string;
  /** Protocol of its commands: Upstash's REST API, or Redis's own. */
  readonly transport: "REST" | "TCP";
  /** The decoded value, loaded if it is missing; a library without tags ignores `tags`. */
  get(key: string, tags: readonly string[], load: Load): Promise<unknown>;
  /** Body of an HTTP answer with the value, and its content coding. */
  answer(key: string, tags: readonly string[], load: Load): Promise<Body>;
  /** Undefined for a library without tags. */
  invalidateTags: ((tags: readonly string[]) => Promise<unknown>) | undefined;
  remove(key: string): Promise<unknown>;
  close(): Promise<unknown>;
}

export type Load = () => Promise<unknown>;

/** An answer's body; base64 if it is compressed, as API Gateway requires. */
export interface Body {
  readonly text: string;
  readonly isCoded: boolean;
}

/** Opens one instance; all instances at a place share its Redis. */
export type Open = (place: Place) => Promise<Subject>;

/**
 * A library under test. Modules of rivals' adapters are only loaded by name, because the packages of rivals are no
 * dependencies of the project.
 */
export interface Adapter {
  readonly name: string;
  /** npm package whose version is printed; undefined for the project's own. */
  readonly npm: string | undefined;
  readonly open: Open;
}

export function placeOf(addresses: Addresses, byProxy: boolean): Place {
  return {
    redisPort: byProxy ? addresses.redisPortByProxy : addresses.redisPort,
    upstash: {
      url: byProxy ? addresses.upstashUrlByProxy : addresses.upstashUrl,
      token: addresses.token,
    },
  };
}

/** The answer of a library without HTTP support: a handler writes the value as JSON again. */
export async function jsonOf(value: Promise<unknown>): Promise<Body> {
  return { text: JSON.stringify(await value), isCoded: false };
}

/** Lifetime of every entry: longer than any run. */
export const TTL_SECONDS = 3_600;

/** Time limit for one command, for clients that have such a setting; default: 1 s. */
export const timeoutMsOf = ({ timeoutSeconds = 1 }: Place): number => timeoutSeconds * 1_000;
