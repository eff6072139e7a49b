import { crc32 } from "node:zlib";

/** Header of an entry, which is read without the body. Times are in ms since the epoch. */
export interface EntryHeader {
  /**
   * The resource's version when the entry was made, with `~` behind it for a serializer; with another fingerprint the
   * entry is a miss.
   */
  fingerprint: string;
  /** Time as of which the data is known to be current: start of the load, or earlier if `asOfMs` says so. */
  createdMs: number;
  freshUntilMs: number;
  /** Until then it may be served while it is refreshed. */
  staleUntilMs: number;
  /** Until then it may be served when its load fails. */
  errorUntilMs: number;
  /** Duration of the load. */
  loadMs: number;
  /** 404: a remembered "not found". */
  status: 200 | 404;
  /** Opaque and unquoted: a hash of the body's bytes, or `NO_ETAG`. */
  etag: string;
  coding: "identity" | "br" | "gzip";
  kind: "json" | "bytes" | "custom";
  /** Response headers stored with the body. */
  headers: Record<string, string>;
  /** Bytes of the decoded body: decoding stops beyond them. */
  plainLength: number;
  /**
   * Digest of the names of the definition's tags: after a change of the definition, the entry's stamps belong to other
   * tags.
   */
  tagsDigest: string;
  /** Tags that come only from the value; their stamps follow those of the definition's tags. */
  valueTags: string[];
  /** Validator for a conditional request to the origin, such as a version or an ETag. */
  validator: string | null;
  /**
   * Number of loads in a row that a throttled tag with `afterReloads` has caused, each soon after the one before.
   * Absent: none.
   */
  heat?: number;
  /** Stamps of the entry's tags from before the load, in the order of its tags. */
  stamps: string[];
}

/** A stored value with its header. */
export interface Entry {
  /** Random and unique to one load. */
  id: string;
  header: EntryHeader;
  /**
   * Text if it is neither compressed nor bytes, otherwise base64, in which API gateways and JSON protocols carry bytes.
   */
  body: string;
  kept?: Kept;
}

/** Decoded forms of an in-process entry, each made once. */
export interface Kept {
  text?: string;
  /** The frozen value that all reads share. */
  shared?: { readonly fits: boolean; readonly value: unknown };
}

/** ETag of an entry without a body, or with one that could not be stored. */
export const NO_ETAG = "-";

/** Raised when the format of an entry's text changes: older entries are then misses. */
const ENVELOPE_VERSION = "3";

/** Characters at the start of an entry's text that identify it: version, dot and id. */
export const STORED_ID_LENGTH = 24;

/** The id as the entry's text starts with it, so that a script can compare it without reading the rest. */
export function storedId(id: string): string {
  return `${ENVELOPE_VERSION}.${id}`;
}

/** Lines before an entry's body: version and id, stamps, checksums and header. */
const HEAD = new RegExp(`^${ENVELOPE_VERSION}\\.([^\n]*)\n([^\n]*)\n(.{16}) ([^\n]*)\n`);

/** Parses an entry; null if it has another version, is damaged or is not an entry at all. */
export function decodeEntry(text: string): Entry | null {
  const [head = "", id = "", stamps = "", sums, line = ""] = HEAD.exec(text) ?? [];
  const body = text.slice(head.length);
  const header = sums === checksum(line) + checksum(body) ? readHeader(line, stamps) : null;
  return header && { id, header, body };
}

/** Fields of a header in the order of its stored line; the stamps precede it. */
export const FIELDS = [
  "fingerprint",
  "createdMs",
  "freshUntilMs",
  "staleUntilMs",
  "errorUntilMs",
  "loadMs",
  "status",
  "etag",
  "coding",
  "kind",
  "headers",
  "plainLength",
  "tagsDigest",
  "valueTags",
  "validator",
  "heat",
] as const satisfies readonly Exclude<keyof EntryHeader, "stamps">[];

/** First letters of the fields' types in their order, with 0 for null; the last field may be absent. */
const KINDS = /^sn{6}s{3}onso[s0]n?$/;

/** Parses a header. Its checksum guarantees this version's format, unless a foreign program wrote it. */
function readHeader(line: string, stamps: string): EntryHeader | null {
  try {
    const fields = JSON.parse(line) as unknown[];
    const header: Partial<Record<keyof EntryHeader, unknown>> = { stamps: stamps.split(" ") };
    const kinds = fields.map((field, at) => {
      header[FIELDS[at] as keyof EntryHeader] = field;
      return (field === null ? "0" : typeof field)[0];
    });
    return KINDS.test(kinds.join("")) ? (header as never) : null;
  } catch {
    return null;
  }
}

/** CRC-32 of the header's line or of the body, 8 digits: a damaged or foreign entry is a miss. */
export function checksum(text: string): string {
  return crc32(text).toString(16).padStart(8, "0");
}
