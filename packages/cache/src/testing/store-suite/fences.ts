import type { StampRule } from "../../store.ts";
import {
  askCommit,
  askLease,
  commitRequest,
  fill,
  idOf,
  LONG_MS,
  restOf,
  type Rule,
  textOf,
} from "./subject.ts";

/** Conditions of a commit on stamps and holds, other than equality. */
export const fenceRules: readonly Rule[] = [
  [
    "a tolerated stamp may have changed or be missing; the one from before the load is recorded",
    async (subject, expect) => {
      const { store, entry, stamps } = subject;
      const grant = await askLease(subject, "T");
      await store.delete(stamps);
      const { stamps: again } = await askLease(subject, "other");
      await store.delete(stamps.slice(1));
      const rules = commitRequest(subject, "T", grant).stamps;
      const tolerant = rules.map((rule) => ({ ...rule, rule: "tolerate" as const }));
      const { state } = await askCommit(subject, "T", grant, { stamps: tolerant });
      expect(state).toEqual("stored");
      const text = textOf("T", grant.stamps);
      expect(await store.mget([entry, ...stamps])).toEqual([text, again[0], null]);
    },
  ],
  [
    "a noted stamp may be missing; the commit reports that, also when it is sent again",
    async (subject, expect) => {
      const { store, stamps } = subject;
      const noted = async (id: string, seen: string, isKept: boolean) => {
        const grant = await askLease(subject, id, { seenEntryId: idOf(seen) });
        if (!isKept) await store.delete(stamps.slice(1));
        const rules = commitRequest(subject, id, grant).stamps;
        const asked = { stamps: rules.map((rule) => ({ ...rule, rule: "note" as const })) };
        const { state } = await askCommit(subject, id, grant, asked);
        const again = await askCommit(subject, id, grant, asked);
        return [state, again.state, (await store.mget([subject.entry]))[0]?.split("\n")[0]];
      };
      expect(await noted("T1", "T0", true)).toEqual(["stored", "stored", idOf("T1")]);
      expect(await noted("T2", "T1", false)).toEqual(["outdated", "outdated", idOf("T2")]);
    },
  ],
  [
    "a stamp that is only compared is not recorded, and the commit is refused when it is missing",
    async (subject, expect) => {
      const { store, entry, stamps } = subject;
      const compared = async (id: string) => {
        const grant = await askLease(subject, id, { seenEntryId: idOf("T1") });
        const [first, ...others] = commitRequest(subject, id, grant).stamps;
        const rules = [{ ...first, rule: "compare" as const } as StampRule, ...others];
        return { grant, commit: () => askCommit(subject, id, grant, { stamps: rules }) };
      };
      const one = await compared("T1");
      expect((await one.commit()).state).toEqual("stored");
      expect(await store.mget([entry])).toEqual([textOf("T1", one.grant.stamps.slice(1))]);
      const other = await compared("T2");
      await store.delete(stamps.slice(0, 1));
      expect((await other.commit()).state).toEqual("refused");
    },
  ],
  [
    "a stamp that existed before the lease is adopted and recorded",
    async (subject, expect) => {
      const { store, entry, stamps } = subject;
      const before = await fill(subject, "T0");
      const grant = await askLease(subject, "T", { seenEntryId: idOf("T0"), stamps: [] });
      const result = await askCommit(subject, "T", grant, { stamps: adopting(stamps, grant) });
      expect(result).toEqual({ state: "stored", stamps: before.stamps });
      expect(await store.mget([entry])).toEqual([textOf("T", before.stamps)]);
    },
  ],
  [
    "an entry is not stored under a stamp that was created after the lease, or by the commit",
    async (subject, expect) => {
      const { store, entry, lease, stamps } = subject;
      const [first = ""] = stamps;
      const late = await askLease(subject, "T0", { stamps: [] });
      await askLease({ ...subject, lease: `${lease}-2` }, "other");
      const rules = adopting([first], late);
      expect((await askCommit(subject, "T0", late, { stamps: rules })).state).toEqual("unfenced");
      await store.delete(stamps);
      const missing = await askLease(subject, "T1", { stamps: [] });
      const result = await askCommit(subject, "T1", missing, {
        stamps: adopting([first], missing),
      });
      expect(result.state).toEqual("unfenced");
      expect(await store.mget([entry, lease, first])).toEqual([null, null, result.stamps[0]]);
      const next = await askLease(subject, "T2", { stamps: [] });
      const again = await askCommit(subject, "T2", next, { stamps: adopting([first], next) });
      expect(again.state).toEqual("stored");
    },
  ],
  [
    "an entry is not stored under an adopted stamp to which `expire` added a part after the lease",
    async (subject, expect) => {
      const { store, sequence, stamps } = subject;
      await fill(subject, "T0");
      const grant = await askLease(subject, "T", { seenEntryId: idOf("T0"), stamps: [] });
      await store.expire({ seqKey: sequence, random: "soft", keys: stamps });
      const { state } = await askCommit(subject, "T", grant, { stamps: adopting(stamps, grant) });
      expect(state).toEqual("unfenced");
    },
  ],
  [
    "a commit reuses the body of the entry that it names, and is refused when another one is stored",
    async (subject, expect) => {
      const { store, entry } = subject;
      await fill(subject, "T0", "line 1\nline 2\n");
      const grant = await askLease(subject, "T1", { seenEntryId: idOf("T0") });
      const changes = { rest: restOf(""), bodyOfId: idOf("T0") };
      expect((await askCommit(subject, "T1", grant, changes)).state).toEqual("stored");
      expect(await store.mget([entry])).toEqual([textOf("T1", grant.stamps, "line 1\nline 2\n")]);
      const next = await askLease(subject, "T2", { seenEntryId: idOf("T1") });
      expect((await askCommit(subject, "T2", next, changes)).state).toEqual("refused");
    },
  ],
  [
    "a commit under a tag that a change holds is refused",
    async (subject, expect) => {
      const { store, sequence, stamps } = subject;
      const grant = await askLease(subject, "T");
      const change = { seqKey: sequence, random: "change", id: "change" };
      await store.begin({
        ...change,
        stampKeys: [`${stamps[1]}:other`],
        holdKeys: [`${stamps[1]}:hold`],
        holdMs: LONG_MS,
        entry: null,
      });
      expect((await askCommit(subject, "T", grant)).state).toEqual("refused");
    },
  ],
];

function adopting(stamps: readonly string[], { token }: { token: string }): StampRule[] {
  const number = token.slice(0, token.indexOf("."));
  return stamps.map((key, index) => ({
    key,
    permanent: index === 0,
    hold: null,
    rule: "adopt",
    stamp: number,
  }));
}
