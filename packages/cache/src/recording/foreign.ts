import { AsyncLocalStorage } from "node:async_hooks";
import { subscribe } from "node:diagnostics_channel";
import { loads } from "../engine/read-context.ts";

/** Detects requests that a load makes outside its recording clients. */
export interface ForeignReads {
  request(host: string): void;
  /** Counts an opened connection: more connections than requests mean a protocol other than HTTP. */
  connection(): void;
  /** Notes a read of the cache past `reads.cache`. */
  view(): void;
}

/** The recorded load around the running code; null within its recorded reads. */
const around = new AsyncLocalStorage<ForeignReads | null>();

/** Runs a load; its network requests are reported, including those that it makes later and in timers. */
export function watched<T>(reads: ForeignReads, load: () => T): T {
  watch();
  return around.run(reads, load);
}

/** Runs permitted code of a load without reporting its requests. */
export function unwatched<T>(run: () => T): T {
  return around.run(null, run);
}

let isWatching = false;

function watch(): void {
  if (isWatching) return;
  isWatching = true;
  const request = (message: unknown) => around.getStore()?.request(hostOf(message));
  subscribe("undici:request:create", request);
  subscribe("http.client.request.start", request);
  subscribe("http2.client.stream.created", request);
  subscribe("net.client.socket", () => around.getStore()?.connection());
  // Every read of the cache asks `depths` how deeply it is nested in loads, which reveals the read.
  const { depths } = loads;
  loads.depths = {
    getStore: () => {
      around.getStore()?.view();
      return depths?.getStore();
    },
  };
}

interface Message {
  readonly request?: {
    readonly origin?: string | URL;
    getHeader?: (name: string) => unknown;
  };
  readonly headers?: Readonly<Record<string, unknown>>;
}

/** Host and port of a request that Node reports; fetch has an origin, http a header, http2 a pseudo-header. */
function hostOf(message: unknown): string {
  const { request, headers } = message as Message;
  const host =
    request?.origin?.toString() ?? request?.getHeader?.("host") ?? headers?.[":authority"];
  return typeof host === "string" ? hostIn(host) : "an unknown host";
}

/** Host of an origin or of a plain host: `https://rates.example` and `rates.example` are equal. */
export function hostIn(text: string): string {
  return text.replace(/^[a-z+]+:\/\//, "").replace(/\/.*$/, "");
}
