import { PROTOCOL } from "../../packages/cache/src/protocol/policy.ts";
import type { Mutation } from "./cache-instance.ts";

const { judge } = PROTOCOL;

/** Mistakes in judging an entry by its header, its stamps and the time. */
export const JUDGING_MISTAKES: Readonly<Record<string, Mutation>> = {
  "stamps are not compared": {
    policy: {
      ...PROTOCOL,
      judge: (entry, stamps, about) =>
        judge(
          entry,
          stamps.map((now, index) => now && (entry.header.stamps[index] ?? now)),
          about,
        ),
    },
  },
  "a missing stamp counts as unchanged": {
    policy: {
      ...PROTOCOL,
      judge: (entry, stamps, about) =>
        judge(
          entry,
          stamps.map((now, index) => now ?? entry.header.stamps[index] ?? null),
          about,
        ),
    },
  },
  "the stamps of entries of negative age are not compared": {
    policy: {
      ...PROTOCOL,
      judge: (entry, stamps, about) =>
        judge(entry, about.nowMs < entry.header.createdMs ? entry.header.stamps : stamps, about),
    },
  },
  "lifetimes are not checked": {
    policy: {
      ...PROTOCOL,
      judge: (entry, stamps, about) =>
        judge(entry, stamps, { ...about, nowMs: entry.header.createdMs }),
    },
  },
  "the fingerprint of the resource is not checked": {
    policy: {
      ...PROTOCOL,
      judge: (entry, stamps, about) =>
        judge(entry, stamps, { ...about, fingerprint: entry.header.fingerprint }),
    },
  },
  "the digest of the tags' names is not checked": {
    focus: { resources: ["retagged"] },
    policy: {
      ...PROTOCOL,
      judge: (entry, stamps, about) => {
        const keys = { ...about.keys, digest: entry.header.tagsDigest };
        return judge(entry, stamps, { ...about, keys });
      },
    },
  },
};
