import { expect, test } from "vitest";
import { differences } from "../../packages/bench/src/recorded.ts";

const recorded = { hit: { commands: 1, requests: 1, bytes: 4_000 } };

test("equal counts are no difference, although their bytes vary by the digits of a time", () => {
  expect(differences({ hit: { commands: 1, requests: 1, bytes: 4_050 } }, recorded)).toEqual([]);
});

test("a command, a request or a hundred bytes more or less are a difference", () => {
  expect(differences({ hit: { commands: 2, requests: 1, bytes: 4_100 } }, recorded)).toEqual([
    "hit: commands 2, recorded 1",
    "hit: bytes 4100, recorded 4000",
  ]);
  expect(differences({ hit: { commands: 1, requests: 0, bytes: 3_900 } }, recorded)).toEqual([
    "hit: requests 0, recorded 1",
    "hit: bytes 3900, recorded 4000",
  ]);
});

test("a case that is new or gone is a difference", () => {
  expect(differences({ miss: { commands: 3 } }, { hit: { commands: 1 } })).toEqual([
    "miss: commands 3, recorded none",
    "hit: commands none, recorded 1",
  ]);
});
