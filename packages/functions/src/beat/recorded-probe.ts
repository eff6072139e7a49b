import { type Cache, defineResource } from "@algoitny/cache";
import type { Source } from "@algoitny/core/source";

/** Number of the probe that is read. */
const PROBE = 0;

/** A probe, read like a recorded view: its load's reads name its tags. */
const probeView = defineResource({
  name: "beat_probe",
  tags: "reads",
  ttl: "5 minutes",
  load: async (number: number, source: Source, { reads }) => {
    const own = (reads && source.recorded?.(reads)) ?? source;
    return (await own.tables()).beats.sentMs(number);
  },
});

/** Checks that the stream's function invalidates recorded reads: it must name the same tags as they do. */
export interface RecordedProbe {
  /** Reads a probe through the cache, before it is written. */
  read(): Promise<void>;
  /** True if the entry that was read is still stored: nothing has invalidated it. */
  isStored(): Promise<boolean>;
}

export function createRecordedProbe(
  cache: Pick<Cache, "get" | "peek">,
  source: Source,
): RecordedProbe {
  const storedId = async () => (await cache.peek(probeView, PROBE))?.entry.id;
  let readId: string | undefined;
  return {
    async read() {
      await cache.get(probeView, PROBE, { source });
      readId = await storedId();
    },
    // Another beat may have read the probe since.
    isStored: async () => readId !== undefined && (await storedId()) === readId,
  };
}
