import type { LogEntry } from "@algoitny/local/log-entry";

/** Log line of a storm for an error entry of the cloud's log; undefined for any other entry. */
export function errorLine(entry: LogEntry): string | undefined {
  if (!("text" in entry)) return undefined;
  const text = entry.text.replace(/^error /, "");
  return entry.kind === "error" || text !== entry.text ? `error     ${text}` : undefined;
}
