import { askCommit, askLease, fill, LONG_MS, restOf, type Rule, type Subject } from "./subject.ts";

/** A header that names tags, between texts that look like lists of tags. */
function naming(tags: readonly string[], validator: string | null = null): string {
  const numbers = [1, 2, 3, 4, 5, 200];
  const before = [String.raw`f\",["no"],`, ...numbers, "etag", "identity", "json"];
  const fields = [...before, { 'a"],[': '\\",["none"],' }, 2, "digest", tags, validator];
  return `0123456789abcdef ${JSON.stringify(fields)}\n{}`;
}

/** Stores an entry under another name, with `rest` as its header and body. */
async function storeEntry(subject: Subject, entry: string, rest: string): Promise<void> {
  const names = { ...subject, entry, lease: `${entry}:lease` };
  const grant = await askLease(names, "F");
  await askCommit(names, "F", grant, { rest });
}

/** Follows entries, and reads the sequence too. */
function ask({ store, entry, sequence }: Subject, entries: readonly string[]) {
  const keys = [...entries, sequence];
  return store.follow({ keys, entryCount: entries.length, stampPrefix: `${entry}:tag:` });
}

/** Creates the stamps of tags. */
function stamp({ store, entry, sequence }: Subject, tags: readonly string[]) {
  const keys = tags.map((tag) => `${entry}:tag:${tag}`);
  return store.stamps({ seqKey: sequence, random: "S", keys, stampTtlMs: LONG_MS });
}

export const followRules: readonly Rule[] = [
  [
    "follow returns values as a look does, and for each entry the stamps of the tags that its header names",
    async (subject, expect) => {
      const { entry, sequence } = subject;
      const [one, other] = [`${entry}:one`, `${entry}:other`];
      await storeEntry(subject, one, naming(["b", "gone", "a:é%20"], '],["b"],'));
      await storeEntry(subject, other, naming(["a:é%20"]));
      const [a = "", b = ""] = await stamp(subject, ["a:é%20", "b"]);
      const missing = `${entry}:missing`;
      expect(await ask(subject, [one, missing, other])).toEqual({
        values: await subject.store.mget([one, missing, other, sequence]),
        stamps: [[b, null, a], [], [a]],
      });
    },
  ],
  [
    "follow finds no stamps where a header names no tags, or cannot be read",
    async (subject, expect) => {
      const { entry, stamps } = subject;
      await fill(subject, "E");
      await storeEntry(subject, `${entry}:plain`, naming([]));
      await storeEntry(subject, `${entry}:short`, restOf("0123456789abcdef"));
      const [first = ""] = stamps;
      await storeEntry(subject, `${entry}:odd`, "0123456789abcdef [1,[9],2]\n{}");
      const own = ["plain", "short", "odd"].map((name) => `${entry}:${name}`);
      expect((await ask(subject, [entry, first, ...own])).stamps).toEqual([[], [], [], [], []]);
    },
  ],
  [
    "follow returns the stamps of 320 tags, for many entries at once",
    async (subject, expect) => {
      const tags = Array.from({ length: 320 }, (_, index) => `many:${index}`);
      const made = await stamp(subject, tags);
      const entries = Array.from({ length: 40 }, (_, index) => `${subject.entry}:${index}`);
      for (const entry of entries) await storeEntry(subject, entry, naming(tags));
      expect((await ask(subject, entries)).stamps).toEqual(entries.map(() => made));
    },
  ],
];
