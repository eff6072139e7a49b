import { entityTag, type Validators } from "@algoitny/core/validators";
import type { HttpError } from "@algoitny/functions/endpoint/http-error";
import {
  allowWrite,
  readPreconditions,
  requireRepresentation,
} from "@algoitny/functions/endpoint/preconditions";
import { describe, expect, test } from "vitest";
import { httpEvent } from "../support/http-events.ts";

const MODIFIED = "Tue, 07 Oct 2025 00:00:10 GMT";
const BEFORE = "Tue, 07 Oct 2025 00:00:09 GMT";
const RFC_850 = "Tuesday, 07-Oct-25 00:00:10 GMT";
const ASCTIME = "Tue Oct  7 00:00:10 2025";
const TAG = entityTag({ title: "A", execution_count: 1 }, ["execution_count"]);
const WITH_MORE_EXECUTIONS = entityTag({ title: "A", execution_count: 2 }, ["execution_count"]);
const WITH_ANOTHER_TITLE = entityTag({ title: "B", execution_count: 1 }, ["execution_count"]);
const ITEM: Validators = { tag: TAG, modifiedMs: Date.parse(MODIFIED) + 900 };
const WITHOUT_GET: Validators = { tag: undefined, modifiedMs: undefined };

const quoted = (tag: string) => `"${tag}"`;

describe("a write of an item", () => {
  test.each<[string, Record<string, string>, Validators | undefined, boolean]>([
    ["its tag", { "if-match": quoted(TAG) }, ITEM, true],
    ["its tag of another coding", { "if-match": quoted(`${TAG}-gzip`) }, ITEM, true],
    ["its tag in a list", { "if-match": `"a", ${quoted(TAG)}` }, ITEM, true],
    [
      "its tag with another count of executions",
      { "if-match": quoted(WITH_MORE_EXECUTIONS) },
      ITEM,
      true,
    ],
    ["its tag with another title", { "if-match": quoted(WITH_ANOTHER_TITLE) }, ITEM, false],
    ["its tag, but weak", { "if-match": `W/${quoted(TAG)}` }, ITEM, false],
    ["the tag of its hints", { "if-match": quoted(`${TAG}-hints`) }, ITEM, false],
    ["no tag", { "if-match": "nonsense" }, ITEM, false],
    ["an empty header", { "if-match": "" }, ITEM, false],
    ["any item", { "if-match": "*" }, ITEM, true],
    ["any item, and there is none", { "if-match": "*" }, undefined, false],
    ["a tag, and the item has none", { "if-match": quoted(TAG) }, WITHOUT_GET, false],
    ["any item, and the item has no tag", { "if-match": "*" }, WITHOUT_GET, true],
    ["no item", { "if-none-match": "*" }, ITEM, false],
    ["no item, and there is none", { "if-none-match": "*" }, undefined, true],
    ["another tag than its own", { "if-none-match": quoted(TAG) }, ITEM, false],
    ["another tag, compared weakly", { "if-none-match": `W/${quoted(TAG)}` }, ITEM, false],
    ["another tag", { "if-none-match": quoted(WITH_ANOTHER_TITLE) }, ITEM, true],
    ["its date", { "if-unmodified-since": MODIFIED }, ITEM, true],
    ["an earlier date", { "if-unmodified-since": BEFORE }, ITEM, false],
    ["its date in RFC 850's form", { "if-unmodified-since": RFC_850 }, ITEM, true],
    ["its date in asctime's form", { "if-unmodified-since": ASCTIME }, ITEM, true],
    ["the first date of 1970", { "if-unmodified-since": new Date(0).toUTCString() }, ITEM, false],
    ["a date, and the item has none", { "if-unmodified-since": BEFORE }, WITHOUT_GET, true],
    [
      "its tag and an earlier date",
      { "if-match": quoted(TAG), "if-unmodified-since": BEFORE },
      ITEM,
      true,
    ],
    ["its tag and no item", { "if-match": quoted(TAG), "if-none-match": "*" }, ITEM, false],
  ])("that asks for %s", (_, headers, item, allowed) => {
    const asked = readPreconditions(httpEvent({ method: "PATCH", headers }));
    expect(asked && allowWrite(asked, item)).toBe(allowed);
  });

  test.each([{}, { "if-unmodified-since": "yesterday" }, { "if-modified-since": BEFORE }])(
    "is unconditional with %j",
    (headers) => {
      expect(readPreconditions(httpEvent({ headers }))).toBeUndefined();
    },
  );
});

describe("a GET", () => {
  const answer = { statusCode: 200, headers: { etag: quoted(TAG), "last-modified": MODIFIED } };
  const statusOf = (headers: Record<string, string>, statusCode: number) => {
    try {
      requireRepresentation(httpEvent({ headers }), { ...answer, statusCode });
      return statusCode;
    } catch (error) {
      return (error as HttpError).status;
    }
  };
  test.each<[string, Record<string, string>, boolean]>([
    ["its tag", { "if-match": quoted(TAG) }, true],
    ["any item", { "if-match": "*" }, true],
    ["its tag of another coding", { "if-match": quoted(`${TAG}-gzip`) }, false],
    [
      "its tag with another count of executions",
      { "if-match": quoted(WITH_MORE_EXECUTIONS) },
      false,
    ],
    ["its date", { "if-unmodified-since": MODIFIED }, true],
    ["an earlier date", { "if-unmodified-since": BEFORE }, false],
  ])("that asks for %s", (_, headers, allowed) => {
    const statuses = [200, 304, 404].map((status) => statusOf(headers, status));
    expect(statuses).toEqual(allowed ? [200, 304, 404] : [412, 412, 404]);
  });
});
