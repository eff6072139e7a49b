import { stampsIn } from "../../packages/cache/src/protocol/write-entry.ts";
import type { Mutation } from "./cache-instance.ts";
import type { Focus } from "./menu.ts";

/** Scenarios of recorded loads, with writers between any two of their steps. */
const RECORDING: Focus = {
  resources: ["recorded"],
  verbs: ["change and read", "read"],
  loadTrouble: 0,
  storeTrouble: 0,
};

/** Mistakes of a recording client. */
export const RECORDING_MISTAKES: Readonly<Record<string, Mutation>> = {
  "the stamp of a recorded read is created concurrently with the read": {
    focus: RECORDING,
    mistake: "beside",
  },
  "the stamps of recorded reads are made when the load ends": { focus: RECORDING, mistake: "late" },
  "a recorded read joins one that is in progress": { focus: RECORDING, mistake: "join" },
  "a recorded read of what is missing has no tag": {
    focus: { ...RECORDING, rowsComeAndGo: true },
    mistake: "absent",
  },
  "a first look returns the stamps that the entries contain": {
    focus: RECORDING,
    store: (store) => ({
      ...store,
      follow: async (request) => {
        const { values, stamps } = await store.follow(request);
        const stored = stamps.map((own, at) => stampsIn(values[at] ?? "").slice(-own.length));
        return { values, stamps: stored };
      },
    }),
  },
};
