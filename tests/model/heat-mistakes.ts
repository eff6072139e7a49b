import type { Store } from "@algoitny/cache/store";
import { PROTOCOL } from "../../packages/cache/src/protocol/policy.ts";
import type { Mutation } from "./cache-instance.ts";
import type { Focus } from "./menu.ts";

/** Scenarios in which one tag causes load after load of an entry. */
const BUSY_TAG: Focus = { resources: ["heated"], loadTrouble: 0, storeTrouble: 0 };

/** Mistakes about throttled tags that are hot. */
export const HEAT_MISTAKES: Readonly<Record<string, Mutation>> = {
  "an entry is spared before its tag is hot": {
    focus: { ...BUSY_TAG, verbs: ["read", "change and read"] },
    policy: {
      ...PROTOCOL,
      judge: (entry, stamps, about) =>
        PROTOCOL.judge({ ...entry, header: { ...entry.header, heat: Infinity } }, stamps, about),
    },
  },
  "a hot tag spares entries of any age": {
    focus: { ...BUSY_TAG, verbs: ["read", "change and read", "wait"] },
    policy: {
      ...PROTOCOL,
      judge: (entry, stamps, about) => {
        const isHot = (entry.header.heat ?? 0) > 1;
        const spared = entry.header.stamps.map((stamp, index) =>
          isHot && typeof about.keys.given[index]?.[0] === "object" ? stamp : stamps[index],
        );
        return PROTOCOL.judge(entry, spared as string[], about);
      },
    },
  },
  "an entry that is stored as outdated counts as current": {
    focus: { ...BUSY_TAG, instances: 1, switching: 0.8, hurrying: 0, verbs: ["read", "change"] },
    store: (store) => ({
      ...store,
      commit: async (batch) =>
        (await store.commit(batch)).map((outcome) =>
          outcome.ok && outcome.value.state === "outdated"
            ? { ok: true, value: { ...outcome.value, state: "stored" } }
            : outcome,
        ),
    }),
  },
  "a throttled tag tolerates a change that was announced": {
    focus: { resources: ["tolerant"], verbs: ["read", "announced change"], loadTrouble: 0 },
    store: (store) => ({
      ...store,
      begin: (request) => store.begin(withoutExact(request)),
      end: (request) => store.end(withoutExact(request)),
    }),
  },
};

type ChangeRequest = Pick<Parameters<Store["begin"]>[0], "stampKeys" | "holdKeys">;

function withoutExact<T extends ChangeRequest>(request: T): T {
  const isNamed = (name: string) => !name.includes("@change:");
  const { stampKeys, holdKeys } = request;
  return {
    ...request,
    stampKeys: stampKeys.filter(isNamed),
    holdKeys: holdKeys.filter(isNamed),
  };
}
