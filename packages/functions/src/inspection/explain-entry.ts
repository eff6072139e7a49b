import { promisify } from "node:util";
import { brotliDecompress, gunzip } from "node:zlib";
import type { CacheEntry } from "@algoitny/cache";
import { storedBytes } from "../stored-bytes.ts";

type Entry = CacheEntry<unknown>["entry"];

/** States of an entry by time only: they do not show whether the entry was invalidated. */
export const ENTRY_STATES = [
  "fresh",
  "stale",
  "only if the database fails",
  "ended",
  "not stored",
] as const;

/** Facts of one key, as `docs/operations.md` lists them. Times in seconds since the epoch. */
export interface Explanation {
  key: string;
  /** Id of the key in lines of the log. */
  key_id: string;
  resource: string;
  state: (typeof ENTRY_STATES)[number];
  loading: boolean;
  loaded_at?: number;
  fresh_until?: number;
  stale_until?: number;
  error_until?: number;
  load_ms?: number;
  /** 404: a remembered "not found". */
  status?: number;
  /** Size of the body as stored: of base64 if it is compressed or binary. */
  bytes?: number;
  coding?: string;
  etag?: string;
  /** Tags that its value named, in addition to those of its view. */
  value_tags?: readonly string[];
}

export function explainEntry(
  { key, key_id }: Pick<Explanation, "key" | "key_id">,
  entry: Entry | null,
  loading: boolean,
  nowMs: number,
): Explanation {
  const resource = key.slice(0, key.indexOf(":"));
  if (!entry) return { key, key_id, resource, state: "not stored", loading };
  const { header } = entry;
  return {
    key,
    key_id,
    resource,
    state: stateOf(header, nowMs),
    loading,
    loaded_at: seconds(header.createdMs),
    fresh_until: seconds(header.freshUntilMs),
    stale_until: seconds(header.staleUntilMs),
    error_until: seconds(header.errorUntilMs),
    load_ms: Math.round(header.loadMs),
    status: header.status,
    bytes: storedBytes(entry),
    coding: header.coding,
    etag: header.etag,
    value_tags: header.valueTags,
  };
}

const seconds = (ms: number) => Math.floor(ms / 1_000);

function stateOf(header: Entry["header"], nowMs: number): Explanation["state"] {
  if (nowMs < header.freshUntilMs) return "fresh";
  if (nowMs < header.staleUntilMs) return "stale";
  return nowMs < header.errorUntilMs ? "only if the database fails" : "ended";
}

const decoders = { br: promisify(brotliDecompress), gzip: promisify(gunzip) };

/** The value as JSON, or as text if it is not JSON. */
export async function valueOf({ header, body }: Entry): Promise<unknown> {
  const text =
    header.coding === "identity"
      ? body
      : (await decoders[header.coding](Buffer.from(body, "base64"))).toString();
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
