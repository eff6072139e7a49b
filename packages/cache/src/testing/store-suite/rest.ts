import type { Store } from "../../store.ts";
import { askCommit, askLease, entryText, LONG_MS, type Rule, SHORT_MS } from "./subject.ts";

export const otherRules: readonly Rule[] = [
  [
    "values come in the order of the keys, with null for what is not there",
    async (subject, expect) => {
      const { store, entry, stamps } = subject;
      await askLease(subject, "T");
      await askCommit(subject, "T");
      const keys = [...stamps.toReversed(), "missing", entry, entry];
      expect(await store.mget(keys)).toEqual([
        "1.T1",
        "1.T0",
        null,
        entryText("T"),
        entryText("T"),
      ]);
    },
  ],
  [
    "an invalidation replaces whole stamps, whether they are there or not",
    async ({ store, stamps }, expect) => {
      for (const stamp of ["1.a", "2.b"]) {
        const bumped = stamps.map((key) => ({ key, stamp }));
        await store.bump({ stamps: bumped, ttlMs: LONG_MS, soft: false });
        expect(await store.mget(stamps)).toEqual([stamp, stamp]);
      }
    },
  ],
  [
    "an expiry keeps the first part of a stamp and replaces the second",
    async ({ store, stamps }, expect) => {
      const [key = ""] = stamps;
      const bump = (stamp: string, soft: boolean) =>
        store.bump({ stamps: [{ key, stamp }], ttlMs: LONG_MS, soft });
      await bump("1.hard", false);
      await bump("2.soft", true);
      await bump("3.soft", true);
      expect(await store.mget([key])).toEqual(["1.hard~3.soft"]);
      await bump("4.hard", false);
      expect(await store.mget([key])).toEqual(["4.hard"]);
    },
  ],
  [
    "an expiry of a stamp that is gone makes a new first part too",
    async ({ store, stamps }, expect) => {
      const bumped = stamps.map((key) => ({ key, stamp: "2.soft" }));
      await store.bump({ stamps: bumped, ttlMs: LONG_MS, soft: true });
      expect(await store.mget(stamps)).toEqual(["2.soft~2.soft", "2.soft~2.soft"]);
    },
  ],
  [
    "a stamp ends by itself",
    async ({ store, stamps, wait }, expect) => {
      const bumped = stamps.map((key) => ({ key, stamp: "1.a" }));
      await store.bump({ stamps: bumped, ttlMs: SHORT_MS, soft: false });
      await wait(SHORT_MS + 50);
      expect(await store.mget(stamps)).toEqual([null, null]);
    },
  ],
  [
    "more than a thousand stamps are written by one invalidation",
    async ({ store, entry }, expect) => {
      const keys = Array.from({ length: 1_100 }, (_, index) => `${entry}:many:${index}`);
      const bumped = keys.map((key) => ({ key, stamp: "1.a" }));
      await store.bump({ stamps: bumped, ttlMs: LONG_MS, soft: false });
      expect(new Set(await store.mget(keys))).toEqual(new Set(["1.a"]));
    },
  ],
  [
    "a deletion tells how many keys were there, and refuses the fill under way",
    async (subject, expect) => {
      const { store, entry, lease, stamps } = subject;
      await askLease(subject, "T");
      expect(await store.delete([entry, lease, stamps[0] ?? ""])).toEqual(2);
      expect(await store.delete([entry, lease])).toEqual(0);
      expect(await askCommit(subject, "T")).toEqual(false);
      expect(await store.delete([])).toEqual(0);
    },
  ],
  [
    "a walk finds every key that matches and no other",
    async ({ store, entry }, expect) => {
      const bumped = Array.from({ length: 250 }, (_, index) => ({
        key: `${entry}:${index % 2 ? "odd" : "even"}:${index}`,
        stamp: "1.a",
      }));
      await store.bump({ stamps: bumped, ttlMs: LONG_MS, soft: false });
      const odd = bumped.map(({ key }) => key).filter((key) => key.includes(":odd:"));
      expect(new Set(await walk(store, `${entry}:odd:*`))).toEqual(new Set(odd));
      expect(new Set(await walk(store, `${entry}:o?d:1`))).toEqual(new Set([`${entry}:odd:1`]));
      expect(await walk(store, `${entry}:none:*`)).toEqual([]);
    },
  ],
];

async function walk(store: Store, pattern: string): Promise<string[]> {
  const found: string[] = [];
  let cursor = "0";
  do {
    const step = await store.scan({ cursor, pattern, count: 100 });
    found.push(...step.keys);
    cursor = step.cursor;
  } while (cursor !== "0");
  return found;
}
