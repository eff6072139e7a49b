import {
  askCommit,
  askLease,
  fill,
  idOf,
  leaseBatch,
  leaseRequest,
  type Rule,
  SHORT_MS,
  textOf,
} from "./subject.ts";

export const leaseRules: readonly Rule[] = [
  [
    "a lease request creates missing stamps and returns existing ones",
    async (subject, expect) => {
      const { store, stamps } = subject;
      const [first = "", second = ""] = stamps;
      const before = await askLease(subject, "T0");
      await store.delete([subject.lease, second]);
      const grant = await askLease(subject, "T1");
      expect([grant.granted, grant.entry, grant.seen]).toEqual([true, null, false]);
      expect(grant.stamps[0]).toEqual(before.stamps[0]);
      expect(await store.mget([first, second])).toEqual(grant.stamps);
    },
  ],
  [
    "stamps and tokens begin with a growing number and the request's random part; stamps end with the store's time",
    async (subject, expect) => {
      const { store, stamps, lease, sequence } = subject;
      const numbers: number[] = [];
      for (const random of ["T0", "T1", "T2"]) {
        await store.delete([lease, ...stamps]);
        const grant = await askLease(subject, random);
        const [number = ""] = grant.token.split(".");
        expect(grant.token).toEqual(`${number}.${random}`);
        expect(grant.stamps).toEqual(
          stamps.map(() => `${number}.${random}.${Math.ceil(grant.atMs)}`),
        );
        expect(await store.mget([lease, sequence])).toEqual([grant.token, number]);
        numbers.push(Number(number));
      }
      expect(numbers).toEqual([...new Set(numbers)].toSorted((one, other) => one - other));
    },
  ],
  [
    "the age of a stamp grows with the store's clock",
    async (subject, expect) => {
      const made = await askLease(subject, "T0");
      await subject.wait(SHORT_MS);
      const later = await askLease(subject, "T1");
      expect(later.stamps).toEqual(made.stamps);
      expect(later.atMs - made.atMs >= SHORT_MS - 1).toEqual(true);
    },
  ],
  [
    "a sequence that was lost continues above every number that it has given",
    async (subject, expect) => {
      const { store, lease, sequence, wait } = subject;
      const before = await askLease(subject, "T0");
      await wait(2);
      await store.delete([lease, sequence]);
      const after = await askLease(subject, "T1");
      const [less = 0, more = 0] = [before, after].map(({ token }) => Number.parseInt(token, 10));
      expect(more > less).toEqual(true);
    },
  ],
  [
    "a late copy of a lease request makes other stamps and another token",
    async (subject, expect) => {
      const { store, lease, stamps } = subject;
      const grant = await askLease(subject, "T");
      await store.delete([lease, ...stamps]);
      const copy = await askLease(subject, "T");
      expect(copy.token === grant.token).toEqual(false);
      expect(copy.stamps.filter((stamp) => grant.stamps.includes(stamp))).toEqual([]);
      expect((await askCommit(subject, "T", grant)).state).toEqual("refused");
    },
  ],
  [
    "a lease is granted to one request at a time, and stamps are returned to all",
    async (subject, expect) => {
      const { stamps } = await askLease(subject, "first");
      const denied = await askLease(subject, "second");
      expect([denied.granted, denied.stamps]).toEqual([false, stamps]);
    },
  ],
  [
    "a lease request that is sent again is granted the lease with the same token, and no other request is",
    async (subject, expect) => {
      const { store, lease } = subject;
      const first = await askLease(subject, "T");
      expect((await askLease(subject, "other")).granted).toEqual(false);
      const again = await askLease(subject, "T");
      expect({ ...again, atMs: 0 }).toEqual({ ...first, atMs: 0 });
      expect(await store.mget([lease])).toEqual([first.token]);
      expect((await askCommit(subject, "T", first)).state).toEqual("stored");
    },
  ],
  [
    "a lease expires",
    async (subject, expect) => {
      await askLease(subject, "first", { leaseMs: SHORT_MS });
      await subject.wait(SHORT_MS + 50);
      expect((await askLease(subject, "second")).granted).toEqual(true);
    },
  ],
  [
    "an entry that the reader has not seen is returned instead of a lease",
    async (subject, expect) => {
      const text = textOf("T", (await fill(subject, "T")).stamps);
      const grant = await askLease(subject, "late");
      expect([grant.granted, grant.entry]).toEqual([false, text]);
      const other = await askLease(subject, "late", { seenEntryId: idOf("other") });
      expect([other.granted, other.entry]).toEqual([false, text]);
    },
  ],
  [
    "an entry that the reader has seen may be replaced, and the reply says that it still exists",
    async (subject, expect) => {
      await fill(subject, "T");
      const grant = await askLease(subject, "next", { seenEntryId: idOf("T") });
      expect([grant.granted, grant.entry, grant.seen]).toEqual([true, null, true]);
    },
  ],
  [
    "the reply says that the entry that the reader has seen no longer exists",
    async (subject, expect) => {
      const grant = await askLease(subject, "T", { seenEntryId: idOf("gone") });
      expect([grant.granted, grant.entry, grant.seen]).toEqual([true, null, false]);
    },
  ],
  [
    "an empty entry, lease or stamp counts as missing",
    async (subject, expect) => {
      const { store, entry, lease, stamps, put } = subject;
      if (put === undefined) return;
      const names = [entry, lease, ...stamps];
      for (const name of names) await put(name, "");
      expect(await store.mget(names)).toEqual(names.map(() => null));
      const grant = await askLease(subject, "T");
      expect([grant.granted, grant.entry]).toEqual([true, null]);
      expect(await store.mget([lease, ...stamps])).toEqual([grant.token, ...grant.stamps]);
      expect((await askCommit(subject, "T", grant)).state).toEqual("stored");
    },
  ],
  [
    "a lease without an expiry was not made by the cache, and is taken over",
    async (subject, expect) => {
      if (subject.put === undefined) return;
      await subject.put(subject.lease, "1700000000000000.stranger");
      expect((await askLease(subject, "T")).granted).toEqual(true);
    },
  ],
  [
    "a forced lease is granted over an entry and over another lease, whose commit is then refused",
    async (subject, expect) => {
      await fill(subject, "T0");
      const before = await askLease(subject, "T1", { seenEntryId: idOf("T0") });
      const forced = await askLease(subject, "T2", { force: true, seenEntryId: idOf("T0") });
      expect([forced.granted, forced.entry, forced.seen]).toEqual([true, null, false]);
      expect((await askCommit(subject, "T1", before)).state).toEqual("refused");
      expect((await askCommit(subject, "T2", forced)).state).toEqual("stored");
    },
  ],
  [
    "many leases share a request, each with a separate outcome and stamps",
    async (subject, expect) => {
      const [shared = ""] = subject.stamps;
      const place = (index: number) => {
        const own = `${subject.entry}-${index}`;
        return { entry: own, lease: `${own}:lease`, stamps: [shared, `${own}:stamp`] };
      };
      const places = Array.from({ length: 250 }, (_, index) => place(index));
      const held = places.filter((_, index) => index % 3 === 0);
      const ask = async (random: string, some: typeof places) => {
        const requests = some.map((each) => leaseRequest(each));
        const outcomes = await subject.store.lease(leaseBatch(subject, random, requests));
        return outcomes.map((outcome) => (outcome.ok ? outcome.value : null));
      };
      await ask("first", held);
      const grants = await ask("second", places);
      expect(grants.map((grant) => grant?.granted)).toEqual(
        places.map((_, index) => index % 3 > 0),
      );
      const stamps = places.flatMap((each) => each.stamps);
      expect(grants.flatMap((grant) => grant?.stamps)).toEqual(await subject.store.mget(stamps));
      expect(await ask("third", [])).toEqual([]);
    },
  ],
  [
    "a lease is released by its holder only",
    async (subject, expect) => {
      const { store, lease } = subject;
      const { token } = await askLease(subject, "owner");
      await store.release({ leaseKey: lease, token: "other", backoffMs: 0 });
      expect(await store.mget([lease])).toEqual([token]);
      await store.release({ leaseKey: lease, token, backoffMs: 0 });
      expect(await store.mget([lease])).toEqual([null]);
    },
  ],
  [
    "a release leaves a value of another type",
    async ({ store, spoil, lease }, expect) => {
      if (spoil === undefined) return;
      await spoil(lease);
      const released = store.release({ leaseKey: lease, token: "T", backoffMs: 0 });
      expect(await released.then(() => null, String)).toEqual(null);
      expect(await store.mget([lease])).toEqual([null]);
    },
  ],
  [
    "a lease that is released with a back-off is refused to all until that is over",
    async (subject, expect) => {
      const { store, lease } = subject;
      const { token } = await askLease(subject, "owner");
      await store.release({ leaseKey: lease, token, backoffMs: SHORT_MS });
      expect(await store.mget([lease])).toEqual(["backoff"]);
      expect((await askLease(subject, "other")).granted).toEqual(false);
      await subject.wait(SHORT_MS + 50);
      expect((await askLease(subject, "other")).granted).toEqual(true);
    },
  ],
];
