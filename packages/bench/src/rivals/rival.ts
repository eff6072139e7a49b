import type { Addresses } from "../servers/servers.ts";

/** Ways to the server that a subject takes: directly, or by the proxy that counts and delays. */
export interface Place {
  readonly redisPort: number;
  readonly upstash: { readonly url: string; readonly token: string };
  /** Longest time for one command; undefined: what each library's documents advise. */
  readonly timeoutSeconds?: number | undefined;
}

/** A cache library behind the operations that the benchmarks compare: one instance of it, as one process has it. */
export interface Subject {
  readonly name: string;
  /** Protocol of its commands: Upstash's REST API, or Redis's own. */
  readonly transport: "REST" | "TCP";
  /** True when copies are kept in the process. */
  readonly hasCopies: boolean;
  /** The decoded value, loaded where it is missing; `tags` are empty for a library without tags. */
  get(key: string, tags: readonly string[], load: Load): Promise<unknown>;
  /** Body of an HTTP answer with the value, and its content coding. */
  answer(key: string, tags: readonly string[], load: Load): Promise<Body>;
  /** Undefined for a library without tags. */
  invalidateTags: ((tags: readonly string[]) => Promise<unknown>) | undefined;
  remove(key: string): Promise<unknown>;
  close(): Promise<unknown>;
}

export type Load = () => Promise<unknown>;

/** An answer's body; base64 where it is coded, as API Gateway takes it. */
export interface Body {
  readonly text: string;
  readonly isCoded: boolean;
}

/** Opens one instance; the database is shared by all instances at a place. */
export type Open = (place: Place) => Promise<Subject>;

/** The module of an adapter. Those of rivals are loaded by name alone: their packages are not the project's. */
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

/** The answer of a library that has none: a handler around it writes the value as JSON again. */
export async function jsonOf(value: Promise<unknown>): Promise<Body> {
  return { text: JSON.stringify(await value), isCoded: false };
}

/** Lifetime of every entry: longer than any run. */
export const TTL_SECONDS = 3_600;

/** Time that a command may take, for clients that have such a setting: 1 s. */
export const timeoutMsOf = ({ timeoutSeconds = 1 }: Place): number => timeoutSeconds * 1_000;
