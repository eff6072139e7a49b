import type { BeatRequest, EndRequest, LeaseGrant } from "../../store.ts";
import {
  askCommit,
  askLease,
  fill,
  idOf,
  LONG_MS,
  restOf,
  type Rule,
  SHORT_MS,
  type Subject,
  textOf,
} from "./subject.ts";

/** A change of the subject's second tag, which may overlap with another change. */
function changing({ stamps, sequence }: Subject, id: string) {
  const [, key = ""] = stamps;
  const names = { stampKeys: [key], holdKeys: [`${key}:hold`] };
  return { seqKey: sequence, random: id, id, ...names };
}

/** The entry whose lease a change takes. */
function priming({ entry, lease, stamps }: Subject) {
  const keys = stamps.map((key, index) => ({ key, permanent: index === 0 }));
  return { entryKey: entry, leaseKey: lease, leaseMs: LONG_MS, stamps: keys, stampTtlMs: LONG_MS };
}

function begin(subject: Subject, id: string, { primes = false, holdMs = LONG_MS } = {}) {
  const entry = primes ? priming(subject) : null;
  return subject.store.begin({ ...changing(subject, id), holdMs, entry });
}

function end(subject: Subject, id: string, granted?: Pick<LeaseGrant, "token" | "stamps">) {
  const { stamps, ...place } = priming(subject);
  const primed = granted && {
    ...place,
    token: granted.token,
    id: idOf(id),
    rest: restOf(),
    entryTtlMs: LONG_MS,
    stamps: stamps.map((stamp, index) => ({ ...stamp, stamp: granted.stamps[index] ?? "" })),
    compare: [],
    holds: stamps.map(({ key }) => `${key}:hold`),
  };
  const request: EndRequest = {
    ...changing(subject, id),
    random: `${id}-end`,
    target: granted ? place : null,
    entry: primed ?? null,
  };
  return subject.store.end(request);
}

export const changeRules: readonly Rule[] = [
  [
    "a change removes its stamps when it begins and when it ends, and holds its tags in between",
    async (subject, expect) => {
      const { store, stamps } = subject;
      const [, key = ""] = stamps;
      const before = await askLease(subject, "T");
      await begin(subject, "change");
      expect(await store.mget([key, `${key}:hold`])).toEqual([null, "change"]);
      expect((await askCommit(subject, "T", before)).state).toEqual("refused");
      const between = await askLease(subject, "T1");
      expect((await askCommit(subject, "T1", between)).state).toEqual("refused");
      await end(subject, "change");
      expect(await store.mget([key, `${key}:hold`])).toEqual([null, null]);
      await fill(subject, "T2");
    },
  ],
  [
    "the end of a change removes a stamp that was created after its beginning",
    async (subject, expect) => {
      const { store, stamps } = subject;
      await begin(subject, "change");
      await askLease(subject, "T");
      await end(subject, "change");
      expect(await store.mget(stamps.slice(1, 2))).toEqual([null]);
    },
  ],
  [
    "a tag that two changes hold stays on hold after both have ended",
    async (subject, expect) => {
      const { store, stamps } = subject;
      const hold = `${stamps[1]}:hold`;
      await begin(subject, "one");
      await begin(subject, "two");
      expect(await store.mget([hold])).toEqual(["*"]);
      for (const id of ["one", "two"]) {
        await end(subject, id);
        expect(await store.mget([hold])).toEqual(["*"]);
      }
    },
  ],
  [
    "a hold that two changes share expires when the longer of their holds would",
    async (subject, expect) => {
      const { store, stamps, wait } = subject;
      const hold = `${stamps[1]}:hold`;
      await begin(subject, "one", { holdMs: SHORT_MS * 3 });
      await begin(subject, "two", { holdMs: SHORT_MS });
      await wait(SHORT_MS + 50);
      expect(await store.mget([hold])).toEqual(["*"]);
      await wait(SHORT_MS * 2 + 50);
      expect(await store.mget([hold])).toEqual([null]);
    },
  ],
  [
    "a change takes the lease of its entry from any holder, removes the entry, and stores its own with a new stamp of the changed tag",
    async (subject, expect) => {
      const { store, entry, lease, stamps } = subject;
      await fill(subject, "T0");
      const other = await askLease(subject, "T1", { seenEntryId: idOf("T0") });
      const granted = await begin(subject, "change", { primes: true });
      expect(await store.mget([entry, lease, ...stamps])).toEqual([
        null,
        granted.token,
        ...granted.stamps,
      ]);
      expect((await askCommit(subject, "T1", other)).state).toEqual("refused");
      expect(await end(subject, "change", granted)).toEqual({ stored: true });
      const now = (await store.mget(stamps)) as string[];
      expect([now[0] === granted.stamps[0], now[1] === granted.stamps[1]]).toEqual([true, false]);
      expect(await store.mget([entry, lease])).toEqual([textOf("change", now), null]);
    },
  ],
  ...(
    [
      ["its lease is taken", (subject) => askLease(subject, "other", { force: true })],
      ["a stamp is removed meanwhile", ({ store, stamps }) => store.delete(stamps.slice(0, 1))],
      ["its hold has expired", ({ store, stamps }) => store.delete([`${stamps[1]}:hold`])],
      ["another change shares its tag", (subject) => begin(subject, "other")],
      [
        "another change holds a tag of the entry",
        (subject) => begin({ ...subject, stamps: ["", subject.stamps[0] ?? ""] }, "other"),
      ],
    ] as [string, (subject: Subject) => Promise<unknown>][]
  ).map(([why, disturb]): Rule => [
    `a change does not store its entry when ${why}`,
    async (subject, expect) => {
      const granted = await begin(subject, "change", { primes: true });
      await disturb(subject);
      expect(await end(subject, "change", granted)).toEqual({ stored: false });
      expect(await subject.store.mget([subject.entry, subject.lease])).toEqual([null, null]);
    },
  ]),
  [
    "a change does not store its entry when another change already holds a tag of the entry",
    async (subject, expect) => {
      await begin({ ...subject, stamps: ["", subject.stamps[0] ?? ""] }, "other");
      const granted = await begin(subject, "change", { primes: true });
      expect(await end(subject, "change", granted)).toEqual({ stored: false });
      expect(await subject.store.mget([subject.entry])).toEqual([null]);
    },
  ],
  [
    "a change that does not store its entry removes what others have stored, and the lease that others hold",
    async (subject, expect) => {
      const { store, entry, lease } = subject;
      const granted = await begin(subject, "change", { primes: true });
      await store.delete([lease]);
      await askLease(subject, "other");
      await end(subject, "change", granted);
      expect(await store.mget([lease])).toEqual([null]);
      const again = await begin(subject, "again", { primes: true });
      await store.delete([lease, ...subject.stamps.map((key) => `${key}:hold`)]);
      await fill(subject, "T");
      await end(subject, "again", again);
      expect(await store.mget([entry])).toEqual([null]);
    },
  ],
  [
    "a change that is ended a second time keeps the entry that it has stored",
    async (subject, expect) => {
      const granted = await begin(subject, "change", { primes: true });
      await end(subject, "change", granted);
      const stored = await subject.store.mget([subject.entry, ...subject.stamps]);
      expect(await end(subject, "change", granted)).toEqual({ stored: true });
      expect(await subject.store.mget([subject.entry, ...subject.stamps])).toEqual(stored);
    },
  ],
  [
    "a beat advances the closed timestamp of a store that holds the value of the last beat",
    async (subject, expect) => {
      const { store, stamps } = subject;
      await askLease(subject, "T");
      const first = await beat(subject, 1_000, null);
      expect([first.state, first.value.startsWith("1000.")]).toEqual(["cleared", true]);
      await store.delete([subject.lease]);
      const { stamps: made } = await askLease(subject, "T1");
      const second = await beat(subject, 2_000, first.value);
      expect([second.state, await store.mget(stamps)]).toEqual(["advanced", made]);
      expect(await store.mget([closedKey(subject)])).toEqual([second.value]);
    },
  ],
  [
    "a beat removes the stamp of all entries from a store that holds another value than expected, or none",
    async (subject, expect) => {
      const { store, stamps } = subject;
      const first = await beat(subject, 1_000, null);
      const second = await beat(subject, 2_000, first.value);
      await store.delete([closedKey(subject)]);
      await askLease(subject, "T");
      expect((await beat(subject, 3_000, second.value)).state).toEqual("cleared");
      expect((await store.mget(stamps))[0]).toEqual(null);
      await store.delete([subject.lease]);
      await askLease(subject, "T1");
      expect((await beat(subject, 4_000, second.value)).state).toEqual("cleared");
      expect((await store.mget(stamps))[0]).toEqual(null);
    },
  ],
  [
    "a beat that is sent again, because its answer was lost, has the same result",
    async (subject, expect) => {
      const { store, stamps } = subject;
      const first = await beat(subject, 1_000, null);
      const second = await beat(subject, 2_000, first.value);
      const { stamps: made } = await askLease(subject, "T");
      expect(await beat(subject, 2_000, first.value)).toEqual(second);
      expect(await store.mget(stamps)).toEqual(made);
    },
  ],
  [
    "a copy of a beat that arrives after a later one does nothing",
    async (subject, expect) => {
      const { store, stamps } = subject;
      const first = await beat(subject, 1_000, null);
      const second = await beat(subject, 2_000, first.value);
      const third = await beat(subject, 3_000, second.value);
      const { stamps: made } = await askLease(subject, "T");
      expect(await beat(subject, 2_000, first.value)).toEqual({
        state: "late",
        value: third.value,
      });
      expect(await store.mget(stamps)).toEqual(made);
    },
  ],
];

function closedKey({ sequence }: Subject): string {
  return `${sequence}:closed`;
}

function beat(subject: Subject, closedMs: number, expected: string | null) {
  const [stampKey = ""] = subject.stamps;
  const request: BeatRequest = {
    closedKey: closedKey(subject),
    stampKey,
    expected,
    closedMs,
    random: "beat",
  };
  return subject.store.beat(request);
}
