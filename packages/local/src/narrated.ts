import { keyPrefixes } from "@algoitny/core/table/key-prefixes";
import { warmingText } from "@algoitny/ops/warming-text";
import { z } from "zod";
import type { Invoke } from "./invoke.ts";
import type { LogEntry } from "./log-entry.ts";

const Batch = z.object({ Records: z.array(z.unknown()) });

/** Probes of the beat: records, but not changes, because they change no entity. */
const ProbeRecord = z.object({
  dynamodb: z.object({
    Keys: z.object({ pk: z.object({ S: z.string().startsWith(keyPrefixes.probe.pk) }) }),
  }),
});

/** The fields of a stream record that the log needs. DynamoDB writes the time in seconds. */
const Changed = z.object({ dynamodb: z.object({ ApproximateCreationDateTime: z.number() }) });

/**
 * Runs functions for a stream, a queue or a schedule, and logs each success: the function's name, the number of
 * records, the time and the result. Everything except warming is routine.
 */
export function narrated(
  invoke: Invoke,
  kind: "stream" | "queue" | "schedule",
  log: (entry: LogEntry) => void,
): Invoke {
  return async (file, event) => {
    const startedMs = performance.now();
    const result = await invoke(file, event);
    const tookMs = (performance.now() - startedMs).toFixed(1);
    const records = Batch.safeParse(event).data?.Records ?? [];
    const changes = records.filter((record) => !ProbeRecord.safeParse(record).success);
    log({
      kind,
      text: `${file}${sizeOf(event)}, ${tookMs} ms${outcomeOf(result)}`,
      routine: warmingText(result) === undefined,
      ...(kind === "stream" &&
        changes.length > 0 && { changes: { count: changes.length, atMs: changedAtMs(changes) } }),
    });
    return result;
  };
}

function sizeOf(event: unknown): string {
  const batch = Batch.safeParse(event);
  if (!batch.success) return "";
  const { length } = batch.data.Records;
  return length === 1 ? ", 1 record" : `, ${length} records`;
}

function outcomeOf(result: unknown): string {
  return result === null ? "" : ` → ${warmingText(result) ?? JSON.stringify(result)}`;
}

/** Time of the last record, to the second. */
function changedAtMs(records: readonly unknown[]): number {
  const { data } = Changed.safeParse(records.at(-1));
  return data ? data.dynamodb.ApproximateCreationDateTime * 1_000 : Date.now();
}
