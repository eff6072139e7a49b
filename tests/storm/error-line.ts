import type { LogEntry } from "@algoitny/local/log-entry";

/** Line of a storm's log for an entry of the cloud's that is about an error; undefined for any other. */
export function errorLine(entry: LogEntry): string | undefined {
  if (!("text" in entry)) return undefined;
  const text = entry.text.replace(/^error /, "");
  return entry.kind === "error" || text !== entry.text ? `error     ${text}` : undefined;
}
