import { Logger, LogFormatter, LogItem } from "@aws-lambda-powertools/logger";
import type { Log } from "./log.ts";
import { consoleOver, type WriteLine, writeToStdout } from "./lines.ts";
import { currentScope } from "./scope.ts";

/** Level, time, message, the invocation's ids, then what the line is about. */
class LineFormatter extends LogFormatter {
  override formatAttributes(
    { logLevel, timestamp, message }: Parameters<LogFormatter["formatAttributes"]>[0],
    fields: Parameters<LogFormatter["formatAttributes"]>[1],
  ): LogItem {
    const attributes = {
      level: logLevel.toLowerCase(),
      timestamp: timestamp.toISOString(),
      message,
      ...currentScope()?.ids,
    };
    return new LogItem({ attributes }).addAttributes(fields);
  }
}

/**
 * One JSON object a line, as CloudWatch reads it, each with the id of the request in which it was written. The least
 * level is INFO, or what POWERTOOLS_LOG_LEVEL or Lambda's own setting say.
 */
export function createLog(write: WriteLine = writeToStdout): Log {
  const logger = new Logger({ logFormatter: new LineFormatter() });
  // The property is private to Powertools' types alone.
  Object.assign(logger, { console: consoleOver(write) });
  return {
    info: (message, fields = {}) => logger.info(message, fields),
    warn: (message, fields = {}) => logger.warn(message, fields),
    error: (message, fields = {}) => logger.error(message, fields),
  };
}
