import { hash } from "node:crypto";
import type { Reading, RequestStats } from "./request-stats.ts";

/** Body and headers of an answer that is computed for one request, instead of read from an entry. */
export interface Computed {
  readonly json: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** 132 of SHA-256's 256 bits, in base64url. */
const ETAG_CHARACTERS = 22;

/**
 * Computes an answer, which counts as a hit if computing it caused no request to the database. It has no lifetime: the
 * next request computes it again.
 */
export async function readComputed(
  make: () => Promise<Computed>,
  meter: Pick<RequestStats, "databaseCalls">,
): Promise<Reading> {
  const startMs = Date.now();
  const callsBefore = meter.databaseCalls;
  const { json, headers } = await make();
  const nowMs = Date.now();
  const ms = nowMs - startMs;
  const isHit = meter.databaseCalls === callsBefore;
  const header: Reading["entry"]["header"] = {
    fingerprint: "",
    createdMs: nowMs,
    freshUntilMs: nowMs,
    staleUntilMs: nowMs,
    errorUntilMs: nowMs,
    loadMs: isHit ? 0 : ms,
    status: 200,
    // A hash of the bytes, like the entity tag of an uncompressed entry: equal tags mean equal bytes.
    etag: hash("sha256", json, "base64url").slice(0, ETAG_CHARACTERS),
    coding: "identity",
    kind: "json",
    plainLength: Buffer.byteLength(json),
    tagsDigest: "",
    valueTags: [],
    headers: { ...headers },
    validator: null,
    stamps: [],
  };
  return {
    ...(isHit
      ? { status: "hit", detail: undefined, storeMs: ms, loadMs: undefined }
      : { status: "miss", detail: "not-stored", storeMs: 0, loadMs: ms }),
    stored: false,
    collapsed: false,
    entry: { id: "", header, body: json },
  };
}
