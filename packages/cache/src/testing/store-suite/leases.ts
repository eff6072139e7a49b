import { askCommit, askLease, entryText, type Rule, seenId, SHORT_MS } from "./subject.ts";

export const leaseRules: readonly Rule[] = [
  [
    "a lease creates the stamps that are missing and returns those that are there",
    async (subject, expect) => {
      const { store, stamps } = subject;
      const [first = "", second = ""] = stamps;
      await store.bump({ stamps: [{ key: first, stamp: "1.old" }], ttlMs: 60_000, soft: false });
      const grant = await askLease(subject, "T");
      const answer = { entry: null, stamps: ["1.old", "1.T1"], seen: false };
      expect(grant).toEqual({ granted: true, token: "T", ...answer });
      expect(await store.mget([first, second])).toEqual(["1.old", "1.T1"]);
    },
  ],
  [
    "a lease is granted to one at a time, and stamps are told to all",
    async (subject, expect) => {
      await askLease(subject, "first");
      const denied = await askLease(subject, "second");
      expect([denied.granted, denied.stamps]).toEqual([false, ["1.first0", "1.first1"]]);
    },
  ],
  [
    "a lease goes from a try whose fate is unknown to the next one, and from nobody else",
    async (subject, expect) => {
      const { store, lease } = subject;
      await askLease(subject, "T");
      expect((await askLease(subject, "other", { formerToken: "else" })).granted).toEqual(false);
      const again = await askLease(subject, "T'", { formerToken: "T" });
      expect([again.granted, again.token]).toEqual([true, "T'"]);
      expect(await store.mget([lease])).toEqual(["T'"]);
      // The first try arrives once more, late.
      expect((await askLease(subject, "T")).granted).toEqual(false);
    },
  ],
  [
    "a lease ends by itself",
    async (subject, expect) => {
      await askLease(subject, "first", { leaseMs: SHORT_MS });
      await subject.wait(SHORT_MS + 50);
      expect((await askLease(subject, "second")).granted).toEqual(true);
    },
  ],
  [
    "an entry that the reader has not seen is returned instead of a lease",
    async (subject, expect) => {
      await askLease(subject, "T");
      await askCommit(subject, "T");
      const grant = await askLease(subject, "late");
      expect([grant.granted, grant.entry]).toEqual([false, entryText("T")]);
      const other = await askLease(subject, "late", { seenEntryId: seenId(entryText("other")) });
      expect([other.granted, other.entry]).toEqual([false, entryText("T")]);
    },
  ],
  [
    "an entry that the reader has seen may be replaced, and is known to be there still",
    async (subject, expect) => {
      await askLease(subject, "T");
      await askCommit(subject, "T");
      const grant = await askLease(subject, "next", { seenEntryId: seenId(entryText("T")) });
      expect([grant.granted, grant.entry, grant.seen]).toEqual([true, null, true]);
    },
  ],
  [
    "an entry that the reader has seen and that is gone is not known to be there",
    async (subject, expect) => {
      const grant = await askLease(subject, "T", { seenEntryId: seenId(entryText("gone")) });
      expect([grant.granted, grant.entry, grant.seen]).toEqual([true, null, false]);
    },
  ],
  [
    "a lease is given up by its owner only",
    async (subject, expect) => {
      const { store, lease } = subject;
      await askLease(subject, "owner");
      await store.release({ leaseKey: lease, token: "other", backoffMs: 0 });
      expect(await store.mget([lease])).toEqual(["owner"]);
      await store.release({ leaseKey: lease, token: "owner", backoffMs: 0 });
      expect(await store.mget([lease])).toEqual([null]);
    },
  ],
  [
    "a lease given up with a back-off is granted to nobody until that is over",
    async (subject, expect) => {
      const { store, lease } = subject;
      await askLease(subject, "owner");
      await store.release({ leaseKey: lease, token: "owner", backoffMs: SHORT_MS });
      expect(await store.mget([lease])).toEqual(["backoff"]);
      expect((await askLease(subject, "other")).granted).toEqual(false);
      await subject.wait(SHORT_MS + 50);
      expect((await askLease(subject, "other")).granted).toEqual(true);
    },
  ],
];
