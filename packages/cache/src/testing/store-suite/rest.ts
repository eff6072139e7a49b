import type { Store } from "../../store.ts";
import { askCommit, askLease, fill, LONG_MS, type Rule, SHORT_MS, textOf } from "./subject.ts";

export const otherRules: readonly Rule[] = [
  [
    "missing stamps are created with one number, and existing ones stay",
    async (subject, expect) => {
      const { store, stamps, sequence } = subject;
      const [first = "", second = ""] = stamps;
      const ask = (random: string) =>
        store.stamps({
          seqKey: sequence,
          random,
          keys: [first, second, first],
          stampTtlMs: LONG_MS,
        });
      const made = await ask("T0");
      const [number = ""] = (made[0] ?? "").split(".");
      const [, , ms = ""] = (made[0] ?? "").split(".");
      expect(made).toEqual(Array.from({ length: 3 }, () => `${number}.T0.${Number(ms)}`));
      expect(await store.mget([first, second])).toEqual(made.slice(0, 2));
      await store.delete([second]);
      const again = await ask("T1");
      expect([again[0], again[2]]).toEqual([made[0], made[0]]);
      expect(Number.parseInt(again[1] ?? "", 10) > Number(number)).toEqual(true);
    },
  ],
  [
    "a stamp that `stamps` creates expires after its lifetime",
    async ({ store, stamps, sequence, wait }, expect) => {
      const request = { seqKey: sequence, random: "T", stampTtlMs: SHORT_MS };
      await store.stamps({ ...request, keys: stamps });
      await wait(2 * SHORT_MS);
      expect(await store.mget(stamps)).toEqual([null, null]);
    },
  ],
  [
    "values are in the order of the keys, with null for a missing one",
    async (subject, expect) => {
      const { store, entry, stamps } = subject;
      const grant = await fill(subject, "T");
      const keys = [...stamps.toReversed(), `${entry}:missing`, entry, entry];
      expect(await store.mget(keys)).toEqual([
        ...grant.stamps.toReversed(),
        null,
        textOf("T", grant.stamps),
        textOf("T", grant.stamps),
      ]);
    },
  ],
  [
    "a look may have more names than a script can pass to one command, on the primary and on a replica",
    async (subject, expect) => {
      const { store, entry, stamps } = subject;
      const grant = await fill(subject, "T");
      // A replica that is one change behind has the entry after this write.
      await store.delete(stamps.slice(0, 1));
      const missing = Array.from({ length: 9_000 }, (_, index) => `${entry}:missing:${index}`);
      for (const from of ["primary", "any"] as const) {
        const values = await store.mget([...missing, entry], from);
        expect([values.length, values.at(-1)]).toEqual([9_001, textOf("T", grant.stamps)]);
        expect(values.filter((value) => value !== null).length).toEqual(1);
      }
    },
  ],
  [
    "`expire` keeps the first part of a stamp and replaces the second one, which the store also makes",
    async (subject, expect) => {
      const { store, stamps, sequence } = subject;
      const [key = ""] = stamps;
      const { stamps: made, atMs } = await askLease(subject, "T");
      const seen = new Set<string>();
      for (const random of ["one", "two", "two"]) {
        await store.expire({ seqKey: sequence, random, keys: stamps });
        const [value = ""] = await store.mget([key]);
        const [hard, soft = ""] = value?.split("~") ?? [];
        const [, own, ms] = soft.split(".");
        expect([hard, own, Number(ms) >= atMs]).toEqual([made[0], random, true]);
        seen.add(soft);
      }
      expect(seen.size).toEqual(3);
    },
  ],
  [
    "`expire` skips missing stamps",
    async ({ store, stamps, sequence }, expect) => {
      await store.expire({ seqKey: sequence, random: "soft", keys: stamps });
      expect(await store.mget(stamps)).toEqual([null, null]);
    },
  ],
  [
    "`expire` does not change the lifetime of a stamp",
    async (subject, expect) => {
      const { store, stamps, sequence, wait } = subject;
      await askLease(subject, "T", { stampTtlMs: SHORT_MS });
      await store.expire({ seqKey: sequence, random: "soft", keys: stamps });
      await wait(SHORT_MS + 50);
      const [permanent, other] = await store.mget(stamps);
      expect([permanent?.includes("~"), other]).toEqual([true, null]);
    },
  ],
  [
    "`expire` takes more than a thousand stamps at once",
    async (subject, expect) => {
      const { store, entry, sequence } = subject;
      const stamps = Array.from({ length: 1_100 }, (_, index) => `${entry}:many:${index}`);
      await askLease({ ...subject, stamps }, "T");
      await store.expire({ seqKey: sequence, random: "soft", keys: stamps });
      const values = await store.mget(stamps);
      expect(values.every((value) => value?.includes("~"))).toEqual(true);
    },
  ],
  [
    "an entry with more than a thousand stamps is stored, and one deletion removes them all",
    async (subject, expect) => {
      const { store, entry } = subject;
      const stamps = Array.from({ length: 1_500 }, (_, index) => `${entry}:many:${index}`);
      await fill({ ...subject, stamps }, "T");
      expect((await store.mget(stamps)).includes(null)).toEqual(false);
      const others = Array.from({ length: 5_000 }, (_, index) => `${entry}:none:${index}`);
      expect(await store.delete([...others, ...stamps])).toEqual(stamps.length);
      expect(new Set(await store.mget(stamps))).toEqual(new Set([null]));
    },
  ],
  [
    "a deletion returns the number of keys that existed, and the fill in progress is refused",
    async (subject, expect) => {
      const { store, entry, lease, stamps } = subject;
      const grant = await askLease(subject, "T");
      expect(await store.delete([entry, lease, stamps[0] ?? ""])).toEqual(2);
      expect(await store.delete([entry, lease])).toEqual(0);
      expect((await askCommit(subject, "T", grant)).state).toEqual("refused");
      expect(await store.delete([])).toEqual(0);
    },
  ],
  [
    "a walk finds every key that matches and no other",
    async (subject, expect) => {
      const { store, entry } = subject;
      const names = Array.from(
        { length: 250 },
        (_, index) => `${entry}:${index % 2 ? "odd" : "even"}:${index}`,
      );
      await askLease({ ...subject, stamps: names }, "T");
      const odd = names.filter((name) => name.includes(":odd:"));
      expect(new Set(await walk(store, `${entry}:odd:*`))).toEqual(new Set(odd));
      expect(new Set(await walk(store, `${entry}:o?d:1`))).toEqual(new Set([`${entry}:odd:1`]));
      expect(await walk(store, `${entry}:none:*`)).toEqual([]);
    },
  ],
  [
    "a step of a walk removes the names that it is given",
    async (subject, expect) => {
      const { store, entry, stamps } = subject;
      const { stamps: made } = await fill(subject, "T");
      await store.walk({ cursor: "0", pattern: `${entry}*`, count: 10, remove: [entry] });
      expect(await store.mget([entry, ...stamps])).toEqual([null, ...made]);
    },
  ],
];

async function walk(store: Store, pattern: string): Promise<string[]> {
  const found: string[] = [];
  let cursor = "0";
  do {
    const step = await store.walk({ cursor, pattern, count: 100, remove: [] });
    found.push(...step.keys);
    cursor = step.cursor;
  } while (cursor !== "0");
  return found;
}
