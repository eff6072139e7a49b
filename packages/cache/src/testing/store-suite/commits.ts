import {
  askCommit,
  askLease,
  commitRequest,
  entryText,
  leaseRequest,
  LONG_MS,
  type Rule,
  SHORT_MS,
} from "./subject.ts";

/** What must come back as it was written. */
const BODIES = ["42", "null", "1e400", "12345678901234567890", "", '"', "\\ud800", "ключ 🔑\n\0"];

export const commitRules: readonly Rule[] = [
  [
    "a commit stores the entry exactly and gives up the lease",
    async (subject, expect) => {
      const { store, entry, lease } = subject;
      for (const [index, body] of BODIES.entries()) {
        const text = entryText(`T${index}`, body);
        await store.delete([entry, ...subject.stamps]);
        await askLease(subject, `T${index}`);
        expect(await askCommit(subject, `T${index}`, { entry: text })).toEqual(true);
        expect(await store.mget([entry, lease])).toEqual([text, null]);
      }
    },
  ],
  [
    "a commit without the lease is refused",
    async (subject, expect) => {
      const { store, entry, lease } = subject;
      await askLease(subject, "owner");
      const stamps = commitRequest(subject, "owner").stamps;
      expect(await askCommit(subject, "other", { stamps })).toEqual(false);
      expect(await store.mget([entry, lease])).toEqual([null, "owner"]);
    },
  ],
  [
    "a commit is refused when a stamp is another one, and the lease is free again",
    async (subject, expect) => {
      const { store, entry, lease, stamps } = subject;
      await askLease(subject, "T");
      const key = stamps[1] ?? "";
      await store.bump({ stamps: [{ key, stamp: "2.new" }], ttlMs: LONG_MS, soft: false });
      expect(await askCommit(subject, "T")).toEqual(false);
      expect(await store.mget([entry, lease, key])).toEqual([null, null, "2.new"]);
    },
  ],
  [
    "a commit is refused when a stamp is gone, compared or not",
    async (subject, expect) => {
      const { store, entry, stamps } = subject;
      for (const expected of ["1.T0", null]) {
        await askLease(subject, "T");
        await store.delete([stamps[0] ?? ""]);
        const compared = stamps.map((key, index) => ({ key, expected: index ? null : expected }));
        expect(await askCommit(subject, "T", { stamps: compared })).toEqual(false);
      }
      expect(await store.mget([entry])).toEqual([null]);
    },
  ],
  [
    "a stamp without an expected value may have changed",
    async (subject, expect) => {
      const { store, stamps } = subject;
      await askLease(subject, "T");
      const bumped = stamps.map((key) => ({ key, stamp: "2.new" }));
      await store.bump({ stamps: bumped, ttlMs: LONG_MS, soft: false });
      const compared = stamps.map((key) => ({ key, expected: null }));
      expect(await askCommit(subject, "T", { stamps: compared })).toEqual(true);
      expect(await store.mget(stamps)).toEqual(["2.new", "2.new"]);
    },
  ],
  [
    "a commit that is repeated is accepted again, without its lease",
    async (subject, expect) => {
      await askLease(subject, "T");
      expect(await askCommit(subject, "T")).toEqual(true);
      expect(await askCommit(subject, "T")).toEqual(true);
      await subject.store.delete([subject.entry]);
      expect(await askCommit(subject, "T")).toEqual(false);
    },
  ],
  [
    "an entry ends by itself; its stamps live on as the commit says",
    async (subject, expect) => {
      const { store, entry, stamps } = subject;
      await askLease(subject, "T", { stampTtlMs: SHORT_MS });
      expect(await askCommit(subject, "T", { entryTtlMs: SHORT_MS })).toEqual(true);
      await subject.wait(SHORT_MS + 50);
      expect(await store.mget([entry, ...stamps])).toEqual([null, "1.T0", "1.T1"]);
    },
  ],
  [
    "a commit never shortens the life of a stamp",
    async (subject, expect) => {
      const { store, stamps } = subject;
      await askLease(subject, "T");
      expect(await askCommit(subject, "T", { stampTtlMs: SHORT_MS })).toEqual(true);
      await subject.wait(SHORT_MS + 50);
      expect(await store.mget(stamps)).toEqual(["1.T0", "1.T1"]);
    },
  ],
  [
    "many leases and commits travel together, each with its own outcome",
    async (subject, expect) => {
      const { store } = subject;
      const places = Array.from({ length: 60 }, (_, index) => ({
        entry: `${subject.entry}-${index}`,
        lease: `${subject.lease}-${index}`,
        stamps: [],
      }));
      const leases = await store.lease(places.map((place, n) => leaseRequest(place, `T${n}`)));
      expect(leases.map((each) => each.ok && each.value.granted)).toEqual(places.map(() => true));
      // Every third one asks with a token that is not the lease's.
      const commits = places.map((place, n) => commitRequest(place, n % 3 ? `T${n}` : "other"));
      const outcomes = await store.commit(commits);
      expect(outcomes.map((each) => each.ok && each.value)).toEqual(
        places.map((_, n) => n % 3 > 0),
      );
      expect(await store.lease([])).toEqual([]);
      expect(await store.commit([])).toEqual([]);
    },
  ],
  [
    "one element that fails leaves its neighbours alone",
    async (subject, expect) => {
      const { store, spoil } = subject;
      if (spoil === undefined) return;
      const places = ["a", "b", "c"].map((part) => ({
        entry: `${subject.entry}-${part}`,
        lease: `${subject.lease}-${part}`,
        stamps: [],
      }));
      await store.lease(places.map((place) => leaseRequest(place, "T")));
      await spoil(`${subject.lease}-b`);
      const commits = await store.commit(places.map((place) => commitRequest(place, "T")));
      expect(commits.map(({ ok }) => ok)).toEqual([true, false, true]);
      await spoil(`${subject.entry}-b`);
      const leases = await store.lease(places.map((place) => leaseRequest(place, "T")));
      expect(leases.map(({ ok }) => ok)).toEqual([true, false, true]);
    },
  ],
];
