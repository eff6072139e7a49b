import { type Cache, defineResource } from "@algoitny/cache";
import { READ_PROBE } from "@algoitny/core/beat/beat-items";
import type { Source } from "@algoitny/core/source";

/** A probe, read like a recorded view: its tags are derived from what its load reads. */
const probeView = defineResource({
  name: "beat_probe",
  tags: "reads",
  ttl: "5 minutes",
  // The consumer of checks knows only the views, and the beat itself checks this entry.
  verify: false,
  load: async (number: number, source: Source, { reads }) => {
    const own = (reads && source.recorded?.(reads)) ?? source;
    return (await own.tables()).beats.sentMs(number);
  },
});

/** Checks that the stream's function invalidates recorded reads: from the probe's record, it must derive the read's tags. */
export interface RecordedProbe {
  /** Reads the probe through the cache, before the beat writes it. */
  read(): Promise<void>;
  /** True if the entry that was read is still valid: nothing has invalidated it. */
  isStored(): Promise<boolean>;
}

export function createRecordedProbe(
  cache: Pick<Cache, "getEntry" | "peek">,
  source: Source,
): RecordedProbe {
  let readId: string | undefined;
  return {
    async read() {
      readId = (await cache.getEntry(probeView, READ_PROBE, { source })).entry.id;
    },
    // Compares ids, because another beat may have loaded a new entry since.
    isStored: async () =>
      readId !== undefined && (await cache.peek(probeView, READ_PROBE))?.entry.id === readId,
  };
}
