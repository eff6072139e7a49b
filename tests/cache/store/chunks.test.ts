import { expect, test } from "vitest";
import type { CommitRequest, StampRule } from "@algoitny/cache/store";
import { chunks } from "../../../packages/cache/src/stores/chunks.ts";

/** A commit of a body of `bytes` bytes, with `own` exclusive stamps and `shared` ones. */
function commitOf(index: number, { own = 0, shared = 0, bytes = 0 }): CommitRequest {
  const stamp = (key: string): StampRule => {
    return { key, permanent: false, hold: null, rule: "equal", stamp: "" };
  };
  return {
    token: "",
    entryTtlMs: 1,
    stampTtlMs: 1,
    entryKey: `entry:${index}`,
    leaseKey: `lease:${index}`,
    id: "2.id",
    rest: "x".repeat(bytes),
    bodyOfId: null,
    stamps: [
      ...Array.from({ length: own }, (_, at) => stamp(`own:${index}:${at}`)),
      ...Array.from({ length: shared }, (_, at) => stamp(`shared:${at}`)),
    ],
  };
}

const sizes = (count: number, about: Parameters<typeof commitOf>[1]) =>
  chunks(Array.from({ length: count }, (_, index) => commitOf(index, about))).map(
    ({ length }) => length,
  );

test("a part has at most a hundred entries", () => {
  expect(sizes(100, {})).toEqual([100]);
  expect(sizes(250, {})).toEqual([100, 100, 50]);
});

test("a part has at most a thousand names; a name that several entries share counts once", () => {
  expect(sizes(60, { own: 18 })).toEqual([50, 10]);
  expect(sizes(60, { shared: 800 })).toEqual([60]);
  expect(sizes(3, { own: 2_000 })).toEqual([1, 1, 1]);
});

test("a part has at most a mebibyte of bodies; a larger body is a part by itself", () => {
  expect(sizes(8, { bytes: 256 * 1024 })).toEqual([4, 4]);
  expect(sizes(2, { bytes: 2 * 1024 * 1024 })).toEqual([1, 1]);
});

test("an empty list has no parts", () => {
  expect(sizes(0, {})).toEqual([]);
});
