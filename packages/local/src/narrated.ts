import { z } from "zod";
import type { Invoke } from "./invoke.ts";
import type { LogEntry } from "./log-entry.ts";

const Batch = z.object({ Records: z.array(z.unknown()) });

function sizeOf(event: unknown): string {
  const batch = Batch.safeParse(event);
  if (!batch.success) return "";
  const { length } = batch.data.Records;
  return length === 1 ? ", 1 record" : `, ${length} records`;
}

/** Runs functions for a stream, a queue or a schedule, and tells of each one that ended well: what, how long, with what result. */
export function narrated(
  invoke: Invoke,
  kind: "stream" | "queue" | "schedule",
  log: (entry: LogEntry) => void,
): Invoke {
  return async (file, event) => {
    const startedMs = performance.now();
    const result = await invoke(file, event);
    const tookMs = (performance.now() - startedMs).toFixed(1);
    const outcome = result === null ? "" : ` → ${JSON.stringify(result)}`;
    log({ kind, text: `${file}${sizeOf(event)}, ${tookMs} ms${outcome}` });
    return result;
  };
}
