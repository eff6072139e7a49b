import type { CommitResult, Outcome } from "../../store.ts";
import {
  askCommit,
  askLease,
  commitBatch,
  commitRequest,
  fill,
  leaseBatch,
  leaseRequest,
  restOf,
  type Rule,
  SHORT_MS,
  textOf,
} from "./subject.ts";

/** Bodies that must be returned unchanged. */
const BODIES = ["42", "null", "1e400", "12345678901234567890", "", '"', "\\ud800", "ключ 🔑\n\0"];

export const commitRules: readonly Rule[] = [
  [
    "a commit stores the entry exactly and releases the lease",
    async (subject, expect) => {
      const { store, entry, lease } = subject;
      for (const [index, body] of BODIES.entries()) {
        await store.delete([entry, ...subject.stamps]);
        const { stamps } = await fill(subject, `T${index}`, body);
        const text = textOf(`T${index}`, stamps, body);
        expect(await store.mget([entry, lease])).toEqual([text, null]);
      }
    },
  ],
  [
    "entries of a budget are stored, and reported as over budget once its bytes are spent",
    async (subject, expect) => {
      const { store, entry, stamps } = subject;
      const bytes = Buffer.byteLength(textOf("T1", (await fill(subject, "T0")).stamps));
      const budget = { key: `${entry}:budget`, bytesPerMinute: 2 * bytes };
      const states: string[] = [];
      for (const id of ["T1", "T2", "T3"]) {
        await store.delete([entry]);
        const grant = await askLease(subject, id);
        const { state } = await askCommit(subject, id, grant, { budget });
        states.push(state);
        expect(await store.mget([entry])).toEqual([textOf(id, grant.stamps)]);
        // A repeated commit is not counted twice.
        expect((await askCommit(subject, id, grant, { budget })).state).toEqual("stored");
      }
      expect(states).toEqual(["stored", "stored", "over-budget"]);
      expect(await store.mget([budget.key])).toEqual([String(3 * bytes)]);
      // Without a budget nothing is counted.
      await store.delete([entry, ...stamps.slice(1)]);
      await fill(subject, "T4");
      expect(await store.mget([budget.key])).toEqual([String(3 * bytes)]);
    },
  ],
  [
    "a damaged budget starts again at zero",
    async (subject, expect) => {
      const { store, entry, put } = subject;
      const budget = { key: `${entry}:budget`, bytesPerMinute: 10_000 };
      await put?.(budget.key, "nonsense");
      const grant = await askLease(subject, "T");
      expect((await askCommit(subject, "T", grant, { budget })).state).toEqual("stored");
      const bytes = Buffer.byteLength(textOf("T", grant.stamps));
      expect(await store.mget([budget.key])).toEqual([String(bytes)]);
    },
  ],
  [
    "a commit without the lease is refused",
    async (subject, expect) => {
      const { store, entry, lease } = subject;
      const grant = await askLease(subject, "owner");
      expect((await askCommit(subject, "other", { ...grant, token: "other" })).state).toEqual(
        "refused",
      );
      expect(await store.mget([entry, lease])).toEqual([null, grant.token]);
    },
  ],
  [
    "a commit is refused when a stamp has changed, and the lease is free again",
    async (subject, expect) => {
      const { store, entry, lease, stamps } = subject;
      const grant = await askLease(subject, "T");
      const key = stamps[1] ?? "";
      await store.delete([key]);
      const other = await askLease(subject, "other");
      expect((await askCommit(subject, "T", grant)).state).toEqual("refused");
      expect(await store.mget([entry, lease, key])).toEqual([null, null, other.stamps[1]]);
    },
  ],
  [
    "a commit is refused when a stamp is missing",
    async (subject, expect) => {
      const { store, entry, lease, stamps } = subject;
      for (const stamp of stamps) {
        const grant = await askLease(subject, "T");
        await store.delete([stamp]);
        expect((await askCommit(subject, "T", grant)).state).toEqual("refused");
        expect(await store.mget([entry, lease, stamp])).toEqual([null, null, null]);
      }
    },
  ],
  [
    "a commit is refused when `expire` has added a part to a stamp meanwhile",
    async (subject, expect) => {
      const { store, stamps, sequence } = subject;
      const grant = await askLease(subject, "T");
      const [key = ""] = stamps;
      await store.expire({ seqKey: sequence, random: "soft", keys: [key] });
      expect((await askCommit(subject, "T", grant)).state).toEqual("refused");
    },
  ],
  [
    "a commit that is sent again is accepted without its lease while the entry is stored",
    async (subject, expect) => {
      const grant = await fill(subject, "T");
      expect((await askCommit(subject, "T", grant)).state).toEqual("stored");
      await subject.store.delete([subject.entry]);
      expect((await askCommit(subject, "T", grant)).state).toEqual("refused");
    },
  ],
  [
    "an entry expires; its stamps live as long as the commit says",
    async (subject, expect) => {
      const { store, entry, stamps } = subject;
      const grant = await askLease(subject, "T", { stampTtlMs: SHORT_MS });
      expect((await askCommit(subject, "T", grant, { entryTtlMs: SHORT_MS })).state).toEqual(
        "stored",
      );
      await subject.wait(SHORT_MS + 50);
      expect(await store.mget([entry, ...stamps])).toEqual([null, ...grant.stamps]);
    },
  ],
  [
    "a commit never shortens the lifetime of a stamp",
    async (subject, expect) => {
      const { store, stamps } = subject;
      const grant = await askLease(subject, "T");
      expect((await askCommit(subject, "T", grant, { stampTtlMs: SHORT_MS })).state).toEqual(
        "stored",
      );
      await subject.wait(SHORT_MS + 50);
      expect(await store.mget(stamps)).toEqual(grant.stamps);
    },
  ],
  [
    "a permanent stamp never expires, whatever the lease and the commit say",
    async (subject, expect) => {
      const { store, stamps } = subject;
      const grant = await askLease(subject, "T", { stampTtlMs: SHORT_MS });
      expect((await askCommit(subject, "T", grant, { stampTtlMs: SHORT_MS })).state).toEqual(
        "stored",
      );
      await subject.wait(SHORT_MS + 50);
      expect(await store.mget(stamps)).toEqual([grant.stamps[0], null]);
    },
  ],
  [
    "many commits share a request, each with a separate outcome",
    async (subject, expect) => {
      const { store } = subject;
      const [shared = ""] = subject.stamps;
      const places = Array.from({ length: 250 }, (_, index) => {
        const own = `${subject.entry}-${index}`;
        return { entry: own, lease: `${own}:lease`, stamps: [shared, `${own}:stamp`] };
      });
      const requests = places.map((place) => leaseRequest(place));
      const outcomes = await store.lease(leaseBatch(subject, "T", requests));
      const grants = outcomes.map((each) => (each.ok ? each.value : { token: "", stamps: [] }));
      // Every third entry has lost its own stamp, every fifth one has a wrong token.
      const isStored = places.map((_, index) => index % 3 > 0 && index % 5 > 0);
      await store.delete(
        places.filter((_, index) => index % 3 === 0).map(({ entry }) => `${entry}:stamp`),
      );
      const commits = places.map((place, index) => {
        const grant = grants[index] ?? { token: "", stamps: [] };
        return commitRequest(place, `T${index}`, index % 5 ? grant : { ...grant, token: "other" });
      });
      const stored = await store.commit(commitBatch(subject, "T", commits));
      expect(stored.map(isStoredIn)).toEqual(isStored);
      expect(await store.mget(places.map(({ entry }) => entry))).toEqual(
        places.map((_, index) =>
          isStored[index] ? textOf(`T${index}`, grants[index]?.stamps ?? []) : null,
        ),
      );
      expect(await store.commit(commitBatch(subject, "T", []))).toEqual([]);
    },
  ],
  [
    "a key of another type counts as missing and is replaced; other keys of the batch are not affected",
    async (subject, expect) => {
      const { store, spoil } = subject;
      if (spoil === undefined) return;
      const places = ["a", "b"].map((part) => {
        const own = `${subject.entry}-${part}`;
        return { entry: own, lease: `${own}:lease`, stamps: [`${own}:stamp:0`, `${own}:stamp:1`] };
      });
      const [bad] = places as [(typeof places)[0]];
      for (const key of [subject.sequence, bad.entry, bad.lease, ...bad.stamps]) await spoil(key);
      const requests = places.map((place) => leaseRequest(place, { seenEntryId: "2.seen" }));
      const outcomes = await store.lease(leaseBatch(subject, "T", requests));
      const grants = outcomes.map((each) => (each.ok ? each.value : { token: "", stamps: [] }));
      const commits = places.map((place, index) =>
        commitRequest(place, "T", grants[index] ?? { token: "", stamps: [] }),
      );
      const stored = await store.commit(commitBatch(subject, "T", commits));
      expect(stored.map(isStoredIn)).toEqual([true, true]);
      expect(await store.mget(places.map(({ entry }) => entry))).toEqual(
        grants.map(({ stamps }) => textOf("T", stamps)),
      );
    },
  ],
  [
    "a batch that is too large for one request is stored completely",
    async (subject, expect) => {
      const { store } = subject;
      const places = Array.from({ length: 6 }, (_, index) => {
        const own = `${subject.entry}-${index}`;
        return { entry: own, lease: `${own}:lease`, stamps: [] };
      });
      const requests = places.map((place) => leaseRequest(place));
      const outcomes = await store.lease(leaseBatch(subject, "T", requests));
      const body = "x".repeat(400_000);
      const commits = places.map((place, index) => {
        const outcome = outcomes[index];
        const grant = outcome?.ok ? outcome.value : { token: "", stamps: [] };
        return commitRequest(place, "T", grant, { rest: restOf(body) });
      });
      const stored = await store.commit(commitBatch(subject, "T", commits));
      expect(stored.map(isStoredIn)).toEqual(places.map(() => true));
      const texts = await store.mget(places.map(({ entry }) => entry));
      expect(texts.every((text) => text === textOf("T", [], body))).toEqual(true);
    },
  ],
];

function isStoredIn(outcome: Outcome<CommitResult>): boolean {
  return outcome.ok && outcome.value.state === "stored";
}
