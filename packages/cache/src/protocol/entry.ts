/** What is known of a stored body without touching it. Times are in ms since the epoch. */
export interface EntryHeader {
  /** The resource's version when the entry was made; another one makes the entry a miss. */
  fingerprint: string;
  /** When the load began: the entry's data is at least this young. */
  createdMs: number;
  freshUntilMs: number;
  /** Until then it may be served while it is refreshed. */
  staleUntilMs: number;
  /** Until then it may be served when its load fails. */
  errorUntilMs: number;
  /** How long the load took. */
  loadMs: number;
  /** Stamps of the entry's tags as they were before the load, in the order of its tags. */
  stamps: string[];
  /** 404: "not found" is what is remembered. */
  status: 200 | 404;
  /** Opaque and unquoted: a hash of the stored bytes. */
  etag: string;
  coding: "identity" | "br";
  kind: "json" | "bytes";
  /** Response headers stored with the body. */
  headers: Record<string, string>;
}

/** `body` is JSON text when it is neither compressed nor bytes, else base64: as API gateways and JSON protocols carry it. */
export interface Entry {
  /** Random and unique to one load. */
  id: string;
  header: EntryHeader;
  body: string;
}

/** Raised when the text of an entry changes shape: older entries are then misses. */
const ENVELOPE_VERSION = "2";

/** Characters at the start of an entry's text that tell it from every other: version, dot and id. */
export const STORED_ID_LENGTH = 24;

/** The id as the entry's text starts with it, so that a script can compare it without reading the rest. */
export function storedId(id: string): string {
  return `${ENVELOPE_VERSION}.${id}`;
}

/** The stored id that an entry's text starts with. */
export function storedIdOf(text: string): string {
  return text.slice(0, text.indexOf("\n"));
}

/** Writes an entry: a line with version and id, a line with the header (JSON array), then the body untouched. */
export function encodeEntry({ id, header: h, body }: Entry): string {
  const fields = [
    h.fingerprint,
    h.createdMs,
    h.freshUntilMs,
    h.staleUntilMs,
    h.errorUntilMs,
    h.loadMs,
    h.stamps,
    h.status,
    h.etag,
    h.coding,
    h.kind,
    h.headers,
    body.length,
  ];
  return `${storedId(id)}\n${JSON.stringify(fields)}\n${body}`;
}

/** Reads an entry; null when it is of another version, cut short or not an entry at all. */
export function decodeEntry(text: string): Entry | null {
  const idEnd = text.indexOf("\n");
  const headerEnd = text.indexOf("\n", idEnd + 1);
  if (idEnd === -1 || headerEnd === -1 || !text.startsWith(`${ENVELOPE_VERSION}.`)) return null;
  const id = text.slice(ENVELOPE_VERSION.length + 1, idEnd);
  const body = text.slice(headerEnd + 1);
  try {
    const fields = JSON.parse(text.slice(idEnd + 1, headerEnd)) as HeaderFields;
    const [fingerprint, createdMs, freshUntilMs, staleUntilMs, errorUntilMs, loadMs, ...rest] =
      fields;
    const [stamps, status, etag, coding, kind, headers, bodyLength] = rest;
    if (body.length !== bodyLength) return null;
    const times = { createdMs, freshUntilMs, staleUntilMs, errorUntilMs, loadMs };
    return {
      id,
      header: { fingerprint, ...times, stamps, status, etag, coding, kind, headers },
      body,
    };
  } catch {
    return null;
  }
}

type HeaderFields = [
  fingerprint: string,
  createdMs: number,
  freshUntilMs: number,
  staleUntilMs: number,
  errorUntilMs: number,
  loadMs: number,
  stamps: string[],
  status: EntryHeader["status"],
  etag: string,
  coding: EntryHeader["coding"],
  kind: EntryHeader["kind"],
  headers: Record<string, string>,
  bodyLength: number,
];
