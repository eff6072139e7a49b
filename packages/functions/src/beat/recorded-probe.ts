import { type Cache, defineResource } from "@algoitny/cache";
import type { Source } from "@algoitny/core/source";

/** Number of the probe that is read. */
const PROBE = 0;

/** A probe as recorded views would show it: what its load reads names its tags. */
const probeView = defineResource({
  name: "beat_probe",
  tags: "reads",
  ttl: "5 minutes",
  load: async (number: number, source: Source, { reads }) => {
    const own = (reads && source.recorded?.(reads)) ?? source;
    return (await own.tables()).beats.sentMs(number);
  },
});

/** Shows if the stream's function invalidates what loads have read: it has to name what they name. */
export interface RecordedProbe {
  /** Reads a probe through the cache, before it is written. */
  read(): Promise<void>;
  /** True when the entry that was read is still stored: nothing has invalidated it. */
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
