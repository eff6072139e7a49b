import { hash } from "node:crypto";
import { Loaded } from "@algoitny/cache";
import { CoreError } from "./core-error.ts";

/** Validators of one item, with which preconditions (RFC 9110 §13) are compared. */
export interface Validators {
  /** The entity tag without quotes and coding; undefined if the item has no GET or cannot be shown. */
  tag: string | undefined;
  /** The last change by an editor, or the creation, in epoch milliseconds; undefined if unknown or not to be shown. */
  modifiedMs: number | undefined;
}

/** True if an item in this state may be written; undefined: there is no item. */
export type Precondition = (item: Validators | undefined) => boolean;

/** Headers in which a cached entry stores its validators; the HTTP side makes ETag and Last-Modified from them. */
export const TAG_HEADER = "etag";
export const MODIFIED_HEADER = ":last-modified";

/** 132 of SHA-256's 256 bits, in base64url. */
const DIGEST_CHARACTERS = 22;

/**
 * The entity tag of a view, `<edit>.<rest>`: a digest of the fields that an editor can change, and one of the fields that
 * change without an editor. A write compares only the first, so that an execution does not make an editor's precondition
 * fail.
 */
export function entityTag(value: object, fieldsOfOthers: readonly string[] = []): string {
  const fields = Object.entries(value);
  const ofOthers = ([name]: [string, unknown]) => fieldsOfOthers.includes(name);
  const edited = fields.filter((field) => !ofOthers(field));
  return `${digest(edited)}.${digest(fields.filter(ofOthers))}`;
}

function digest(fields: readonly [string, unknown][]): string {
  return hash("sha256", JSON.stringify(fields), "base64url").slice(0, DIGEST_CHARACTERS);
}

/** A view's value with its validators. */
export function withValidators<Value>(
  value: Value,
  { tag, modifiedMs }: Validators,
): Loaded<Value> {
  return new Loaded(value, {
    headers: {
      ...(tag !== undefined && { [TAG_HEADER]: tag }),
      ...(modifiedMs !== undefined && { [MODIFIED_HEADER]: new Date(modifiedMs).toUTCString() }),
    },
  });
}

/** A date of a change as it is stored: whole seconds, as Last-Modified shows them. */
export const modifiedAt = (nowMs: number): string =>
  new Date(Math.floor(nowMs / 1_000) * 1_000).toISOString();

/** Time of an item's last change by an editor, or of its creation. */
export function modifiedMsOf(item: { modified_at?: string | undefined; created_at: string }) {
  const text = item.modified_at ?? item.created_at;
  const { 1: offset } = TIME.exec(text) ?? [];
  const ms = Date.parse(offset === "" ? `${text}Z` : text);
  return Number.isNaN(ms) ? undefined : ms;
}

/** A time, possibly edited by hand; without an offset `Date.parse` would read it in the local time zone. */
const TIME = /^\d{4}-\d\d-\d\d[T ][\d:.]+(Z|[+-]\d\d:?\d\d|)$/i;

/** Throws a CoreError (`precondition_failed`) if an item in its current state may not be written. */
export function requireHolds(precondition: Precondition, item: Validators | undefined): void {
  if (precondition(item)) return;
  throw new CoreError(
    "precondition_failed",
    "the item is not as the request's precondition says: read it again, and repeat the change if it still applies",
  );
}
