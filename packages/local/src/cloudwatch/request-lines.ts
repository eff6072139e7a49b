import * as z from "zod";
import { AwsServiceError, startAwsJsonServer } from "../aws-json-server.ts";

/** The latest lines that are kept at least (some minutes of a busy cloud); at most twice as many are kept. */
const MOST_LINES = 20_000;

/** Highest number of lines in one answer: the limit of AWS. */
const MOST_EVENTS = 10_000;

interface KeptLine {
  eventId: string;
  timestamp: number;
  message: string;
  fields: Readonly<Record<string, unknown>>;
}

const FilterLogEvents = z.strictObject({
  logGroupName: z.string(),
  startTime: z.number(),
  /** The only form of filter pattern that the functions use: a field of a JSON line is greater than a number. */
  filterPattern: z.string().regex(/^\{ \$\.\w+ > \d+ \}$/, "only `{ $.Name > N }` is emulated"),
  nextToken: z.string().optional(),
});

/** The latest lines of functions in CloudWatch's embedded metric format. */
export interface RequestLines {
  add: (message: string, fields: Readonly<Record<string, unknown>>, atMs: number) => void;
}

/** Answers `FilterLogEvents` as CloudWatch Logs does, from the latest lines of all functions instead of one log group's. */
export async function startRequestLines(): Promise<
  RequestLines & { endpoint: string; close(): Promise<void> }
> {
  let lines: KeptLine[] = [];
  let added = 0;
  const server = await startAwsJsonServer({
    target: "Logs_20140328",
    errorNamespace: "com.amazonaws.logs",
    perform(action, body) {
      if (action !== "FilterLogEvents")
        throw new AwsServiceError(
          "UnsupportedOperation",
          `${action} is not emulated: only FilterLogEvents is`,
        );
      const { data: asked, error } = FilterLogEvents.safeParse(body);
      if (!asked) throw new AwsServiceError("InvalidParameterException", z.prettifyError(error));
      const [, name = "", least] = /\$\.(\w+) > (\d+)/.exec(asked.filterPattern) ?? [];
      const found = lines.filter(
        ({ timestamp, fields }) =>
          timestamp >= asked.startTime && Number(fields[name] ?? 0) > Number(least),
      );
      const from = Number(asked.nextToken ?? 0);
      const events = found
        .slice(from, from + MOST_EVENTS)
        .map(({ eventId, timestamp, message }) => ({ eventId, timestamp, message }));
      const next = from + MOST_EVENTS;
      return { events, ...(next < found.length && { nextToken: String(next) }) };
    },
  });
  return {
    ...server,
    add(message, fields, timestamp) {
      added += 1;
      lines.push({ eventId: String(added), timestamp, message, fields });
      if (lines.length > 2 * MOST_LINES) lines = lines.slice(-MOST_LINES);
    },
  };
}
