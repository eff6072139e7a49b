import type { Log } from "./log.ts";
import { type WriteLine, writeToStdout } from "./lines.ts";
import { currentScope } from "./scope.ts";

/** Levels in the wording of Lambda's settings, the least serious first. */
const LEVELS = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL", "SILENT"] as const;

/** Position of a level; an unknown name counts as INFO. */
function rank(level: string): number {
  const at = (LEVELS as readonly string[]).indexOf(level.toUpperCase());
  return at === -1 ? LEVELS.indexOf("INFO") : at;
}

/**
 * One JSON object per line, as CloudWatch reads it, each with the ids of the invocation that wrote it. The lowest level
 * that is written is Lambda's own setting, otherwise POWERTOOLS_LOG_LEVEL, otherwise INFO.
 */
export function createLog(
  write: WriteLine = writeToStdout,
  { AWS_LAMBDA_LOG_LEVEL, POWERTOOLS_LOG_LEVEL }: NodeJS.ProcessEnv = process.env,
): Log {
  const least = rank(AWS_LAMBDA_LOG_LEVEL ?? POWERTOOLS_LOG_LEVEL ?? "INFO");
  const at = (level: keyof Log): Log[keyof Log] => {
    if (rank(level) < least) return () => undefined;
    return (message, fields = {}) => {
      const timestamp = new Date().toISOString();
      const line = { level, timestamp, message, ...currentScope()?.ids, ...fields };
      write(`${JSON.stringify(line, writable())}\n`);
    };
  };
  return { info: at("info"), warn: at("warn"), error: at("error") };
}

/** Replaces values that JSON cannot represent: a log line must never fail the request that writes it. */
function writable(): (key: string, value: unknown) => unknown {
  const parents: object[] = [];
  return function replace(this: object, _key, value) {
    if (typeof value === "bigint") return String(value);
    if (typeof value !== "object" || value === null) return value;
    while (parents.length > 0 && parents.at(-1) !== this) parents.pop();
    if (parents.includes(value)) return "[circular]";
    parents.push(value);
    return value;
  };
}
