import * as z from "zod/mini";
import { BodyText } from "../body-text.ts";
import {
  NullableStoredText,
  OptionalStoredText,
  StoredCount,
  StoredFlag,
  StoredId,
  StoredText,
  StoredTime,
  StoredVersion,
} from "../table/stored.ts";

/** One execution as lists show it; `sub` and `user` are its owner, `problem` the problem's id. */
export const History = z.object({
  id: StoredId,
  sub: z.string().check(z.minLength(1)),
  user: StoredId,
  user_email: OptionalStoredText,
  user_identifier: OptionalStoredText,
  problem: StoredId,
  platform: StoredText,
  problem_number: StoredText,
  problem_title: OptionalStoredText,
  language: OptionalStoredText,
  passed_count: StoredCount,
  failed_count: StoredCount,
  total_count: StoredCount,
  is_code_public: StoredFlag,
  created_at: OptionalStoredText,
  code: OptionalStoredText,
  has_hints: StoredFlag,
  /** Raised by each change through the API; an owner's change is written only on the edition that it has read. */
  edition: StoredVersion,
  /** Time of the last change by the API. */
  modified_at: StoredTime,
});
export type History = z.infer<typeof History>;

const StoredResult = z.object({
  test_case_id: z.catch(z._default(z.nullable(z.int()), null), null),
  passed: StoredFlag,
  status: NullableStoredText,
  output: NullableStoredText,
  error: NullableStoredText,
});

export const Hint = z.union([BodyText, z.object({ title: BodyText, content: BodyText })]);
export type Hint = z.infer<typeof Hint>;

/** A summary is any JSON, stored as text: DynamoDB has neither numbers like 1e300 nor deep nesting. */
const JsonText = z.pipe(
  z.string(),
  z.transform((text: string, context): z.core.util.JSONType => {
    try {
      return JSON.parse(text);
    } catch {
      context.issues.push({ code: "custom", message: "is not JSON", input: text });
      return z.NEVER;
    }
  }),
);
const StoredJson = z._default(z.union([JsonText, z.null()]), null);

/** The part of an execution that only its detail shows. */
export const HistoryDetailItem = z.object({
  id: StoredId,
  result_summary: StoredJson,
  test_results: z._default(z.array(StoredResult), []),
  hints: z._default(z.array(Hint), []),
});
export type HistoryDetailItem = z.infer<typeof HistoryDetailItem>;

/** Membership of an execution in a feed. */
export const FeedEntry = z.object({
  feed: z.string(),
  sub: z._default(z.nullable(z.string()), null),
  id: StoredId,
});
export type FeedEntry = z.infer<typeof FeedEntry>;

/** Numbers of a feed's executions in ranges of ids: a counter, or a node of the tree. See feed-shape.ts. */
export const FeedCounts = z.looseObject({
  feed: z.string(),
  sub: z._default(z.nullable(z.string()), null),
  /** Number of the counter within its group; a node has none. */
  shard: z.optional(z.int()),
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

/** Private executions are visible to their owner only. */
export const maySee = (
  row: Pick<History, "sub" | "is_code_public">,
  viewer: string | undefined,
): boolean => row.is_code_public || row.sub === viewer;
