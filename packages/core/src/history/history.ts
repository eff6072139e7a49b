import * as z from "zod";
import { BodyText } from "../parameter.ts";
import { StoredCount, StoredFlag, StoredText, StoredVersion } from "../table/stored.ts";

/** One execution as lists show it; `sub` and `user` are its owner, `problem` the problem's id. */
export const History = z.object({
  id: z.int().positive(),
  sub: z.string().min(1),
  user: z.int().positive(),
  user_email: StoredText.default(""),
  user_identifier: StoredText.default(""),
  problem: z.int().positive(),
  platform: StoredText,
  problem_number: StoredText,
  problem_title: StoredText.default(""),
  language: StoredText.default(""),
  passed_count: StoredCount,
  failed_count: StoredCount,
  total_count: StoredCount,
  is_code_public: StoredFlag,
  created_at: StoredText.default(""),
  code: StoredText.default(""),
  has_hints: StoredFlag,
  /** Raised by each change through the API: preconditions are tied to it. */
  edition: StoredVersion,
  /** Time of the last change by the API. */
  modified_at: StoredText.optional().catch(undefined),
});
export type History = z.infer<typeof History>;

const ResultText = z.null().or(StoredText).default(null);

const StoredResult = z.object({
  test_case_id: z.int().nullable().default(null).catch(null),
  passed: StoredFlag,
  status: ResultText,
  output: ResultText,
  error: ResultText,
});

export const Hint = z.union([BodyText, z.object({ title: BodyText, content: BodyText })]);
export type Hint = z.infer<typeof Hint>;

/** A summary is any JSON, kept as text: DynamoDB has no numbers like 1e300 and no deep nesting. */
const StoredJson = z
  .string()
  .transform((text, context): z.core.util.JSONType => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue("is not JSON");
      return z.NEVER;
    }
  })
  .or(z.null())
  .default(null);

/** The long parts of an execution, which only its detail shows. */
export const HistoryDetailItem = z.object({
  id: z.int().positive(),
  result_summary: StoredJson,
  test_results: z.array(StoredResult).default([]),
  hints: z.array(Hint).default([]),
});
export type HistoryDetailItem = z.infer<typeof HistoryDetailItem>;

/** Membership of an execution in a feed. */
export const FeedEntry = z.object({
  feed: z.string(),
  sub: z.string().nullable().default(null),
  id: z.int().positive(),
});
export type FeedEntry = z.infer<typeof FeedEntry>;

/** Number of executions of a feed in a part of all ids: a counter, or a node of a tree. See feed-counters.ts. */
export const FeedCounts = z.looseObject({
  feed: z.string(),
  sub: z.string().nullable().default(null),
  /** Place among the counters of its group; a node has none. */
  shard: z.int().optional(),
});
export type FeedCounts = z.infer<typeof FeedCounts>;

/** Fields of an execution that lists show. */
export const ROW_FIELDS = [
  "id",
  "user_email",
  "user_identifier",
  "platform",
  "problem_number",
  "problem_title",
  "language",
  "passed_count",
  "failed_count",
  "total_count",
  "is_code_public",
  "created_at",
  "code",
  "has_hints",
] as const satisfies readonly (keyof History)[];

/** An element of `GET /history/`: private ones are shown to their owner alone, so code is there whenever the row is. */
export const HistoryRow = History.omit({
  sub: true,
  user: true,
  problem: true,
  edition: true,
  modified_at: true,
});
export type HistoryRow = z.infer<typeof HistoryRow>;

/** Answer of `GET /history/`. */
export const HistoryPage = z.object({
  results: z.array(HistoryRow),
  count: z.int(),
  next_offset: z.int().nullable(),
  has_more: z.boolean(),
});
export type HistoryPage = z.infer<typeof HistoryPage>;

/** Answer of `GET /history/{id}/`. */
export const HistoryDetail = HistoryRow.extend({
  user: z.int(),
  problem: z.int(),
  result_summary: z.json(),
  test_results: z.array(
    StoredResult.extend({ input: z.string().nullable(), expected: z.string().nullable() }),
  ),
  hints: z.array(Hint),
});
export type HistoryDetail = z.infer<typeof HistoryDetail>;

/** Answer of `GET /history/{id}/hints/`; `not_needed`: nothing failed. */
export const Hints = z.object({
  status: z.enum(["available", "not_generated", "not_needed"]),
  hints: z.array(Hint),
});
export type Hints = z.infer<typeof Hints>;

/** Private executions are there for their owner alone. */
export const maySee = (
  row: Pick<History, "sub" | "is_code_public">,
  viewer: string | undefined,
): boolean => row.is_code_public || row.sub === viewer;
