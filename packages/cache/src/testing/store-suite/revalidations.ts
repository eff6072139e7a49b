import { fill, LONG_MS, type Rule, type Subject, textOf } from "./subject.ts";

/** Text in the header of the suite's entries, in place of an ETag. */
const ETAG = '"header"';

/** Revalidates like a client that has copies, and reads the sequence too. */
function ask({ store, entry, stamps, sequence }: Subject, etags: readonly string[]) {
  const keys = [entry, ...stamps, sequence];
  return store.revalidate({ keys, stampCount: stamps.length, etags });
}

/** Values that `mget` returns for the same keys. */
function valuesOf({ store, entry, stamps, sequence }: Subject) {
  return store.mget([entry, ...stamps, sequence]);
}

export const revalidationRules: readonly Rule[] = [
  [
    "revalidate, for a client that has the body, returns the entry without stamps and body, and the values after the stamps",
    async (subject, expect) => {
      await fill(subject, "E");
      const text = textOf("E", [], "");
      const [, , , sequence] = await valuesOf(subject);
      expect(await ask(subject, ["none", ETAG])).toEqual([text, sequence]);
    },
  ],
  [
    "revalidate, for a client that has another body, returns everything",
    async (subject, expect) => {
      await fill(subject, "E", '{"header":"header"}');
      const values = await valuesOf(subject);
      expect(await ask(subject, ['{"header"', "other"])).toEqual(values);
      expect(await ask(subject, [])).toEqual(values);
    },
  ],
  [
    "revalidate, for a client that has the body, returns everything when a stamp is missing or has changed",
    async (subject, expect) => {
      const { store, stamps, sequence } = subject;
      await fill(subject, "E");
      await store.expire({ seqKey: sequence, random: "X", keys: stamps.slice(1) });
      expect(await ask(subject, [ETAG])).toEqual(await valuesOf(subject));
      await store.delete(stamps.slice(1));
      expect(await ask(subject, [ETAG])).toEqual(await valuesOf(subject));
      await store.stamps({
        seqKey: sequence,
        random: "Y",
        keys: stamps,
        stampTtlMs: LONG_MS,
      });
      expect(await ask(subject, [ETAG])).toEqual(await valuesOf(subject));
    },
  ],
  [
    "revalidate, for a client that has the body, returns nulls where there is no entry",
    async (subject, expect) => {
      const nothing = [null, ...subject.stamps.map(() => null), null];
      expect(await ask(subject, [ETAG])).toEqual(nothing);
    },
  ],
];
