import { parseHttpDate } from "@algoitny/cache/http";
import type { Precondition, Validators } from "@algoitny/core/validators";
import type { HttpEvent, HttpResult } from "./http-event.ts";
import { HttpError } from "./http-error.ts";

/** Entity tags of a header, quotes included, or `*` for any item that exists. */
type Tags = "*" | readonly string[];

/** The preconditions of a request (RFC 9110 §13.1) that can end in a 412. */
export interface Preconditions {
  ifMatch: Tags | undefined;
  ifNoneMatch: Tags | undefined;
  ifUnmodifiedSinceMs: number | undefined;
}

const ENTITY_TAG = /(?:W\/)?"[\x21\x23-\x7e\x80-\uffff]*"/g;

/** A tag as our GETs send it, `"<edit>.<rest>-<coding>"`: a write compares only the edit. */
const OWN_TAG = /^"([\w-]{22})\.[\w-]{22}(?:-(?:br|gzip|identity))?"$/;

/** Reads the preconditions of a request; undefined when it has none. */
export function readPreconditions({ headers }: HttpEvent): Preconditions | undefined {
  const ifMatch = tagsOf(headers["if-match"]);
  const ifNoneMatch = tagsOf(headers["if-none-match"]);
  const ifUnmodifiedSinceMs = dateMs(headers["if-unmodified-since"]);
  return (ifMatch ?? ifNoneMatch ?? ifUnmodifiedSinceMs) !== undefined
    ? { ifMatch, ifNoneMatch, ifUnmodifiedSinceMs }
    : undefined;
}

/** Precondition of a write on the current item; undefined without conditional headers. */
export function preconditionOf(event: HttpEvent): Precondition | undefined {
  const asked = readPreconditions(event);
  return asked && ((item) => allowWrite(asked, item));
}

/**
 * True if an item in this state may be written; undefined: there is no such item, or it has no representation. If-Match
 * compares strongly, so a weak tag matches nothing; without If-Match, If-Unmodified-Since counts if the item's date is known.
 */
export function allowWrite(
  { ifMatch, ifNoneMatch, ifUnmodifiedSinceMs }: Preconditions,
  item: Validators | undefined,
): boolean {
  const [edit] = item?.tag?.split(".") ?? [];
  const matches = (tags: Tags) => {
    if (tags === "*") return item !== undefined;
    return edit !== undefined && tags.some((tag) => OWN_TAG.exec(tag)?.[1] === edit);
  };
  if (ifMatch !== undefined && !matches(ifMatch)) return false;
  if (ifMatch === undefined && isModified(item?.modifiedMs, ifUnmodifiedSinceMs)) return false;
  // Compared weakly: `W/` is ignored.
  return ifNoneMatch === undefined || !matches(strong(ifNoneMatch));
}

/** Throws a 412 if a GET's answer is not the representation that the client asked for; the cache handles 304. */
export function requireRepresentation(event: HttpEvent, result: HttpResult): void {
  const { statusCode = 200, headers = {} } = result;
  const asked = readPreconditions(event);
  if (asked === undefined || (statusCode !== 200 && statusCode !== 304)) return;
  const { ifMatch, ifUnmodifiedSinceMs } = asked;
  const holds =
    ifMatch === undefined
      ? !isModified(dateMs(headers["last-modified"]), ifUnmodifiedSinceMs)
      : ifMatch === "*" || ifMatch.includes(String(headers["etag"]));
  if (!holds)
    throw new HttpError(412, "the precondition does not hold: read the item again, then retry");
}

/** True if `If-None-Match` contains the answer's tag, or is `*`: the client gets a 304. */
export function isUnchanged(event: HttpEvent, etag: string): boolean {
  const ifNoneMatch = readPreconditions(event)?.ifNoneMatch;
  if (ifNoneMatch === undefined) return false;
  return ifNoneMatch === "*" || strong(ifNoneMatch).includes(etag);
}

const strong = (tags: Tags): Tags =>
  tags === "*" ? tags : tags.map((tag) => tag.replace(/^W\//, ""));

function tagsOf(header: string | undefined): Tags | undefined {
  if (header === undefined) return undefined;
  return header.trim() === "*" ? "*" : (header.match(ENTITY_TAG) ?? []);
}

/** A text that is not an HTTP date is not a precondition. */
function dateMs(header: string | number | boolean | undefined): number | undefined {
  const ms = parseHttpDate(String(header ?? ""));
  return Number.isNaN(ms) ? undefined : ms;
}

/** Dates in headers have no parts of a second. */
function isModified(modifiedMs: number | undefined, sinceMs: number | undefined): boolean {
  if (modifiedMs === undefined || sinceMs === undefined) return false;
  return Math.floor(modifiedMs / 1_000) > Math.floor(sinceMs / 1_000);
}
