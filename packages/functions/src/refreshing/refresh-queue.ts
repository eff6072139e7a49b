import { createHash } from "node:crypto";
import type { RefreshTask } from "@algoitny/cache";
import type { SendMessage } from "../sqs.ts";
import { currentScope } from "../telemetry/scope.ts";

/** Number of groups over which refreshes are spread: a failing one delays only its own group. */
const GROUPS = 64;

/** Time for which SQS itself drops a repeated message: 5 minutes. */
const REMEMBERED_MS = 5 * 60 * 1_000;

/** Highest number of remembered keys; the oldest are forgotten first. */
const REMEMBERED_KEYS = 1_000;

/**
 * Makes the sender of refreshes of stale entries to a queue. Within 5 minutes, a process sends one message per entry that
 * it remembers, and the queue drops those of other processes. A new entry under the same key gets a new message.
 */
export function createRefreshQueue({
  url,
  send,
  now = Date.now,
}: RefreshQueueOptions): (task: RefreshTask) => Promise<void> {
  const sent = new Map<string, { entryId: string; atMs: number }>();

  return async (task) => {
    const { key, entryId } = task;
    const last = sent.get(key);
    if (last?.entryId === entryId && now() - last.atMs < REMEMBERED_MS) return;
    sent.delete(key); // so that it is remembered as the latest
    sent.set(key, { entryId, atMs: now() });
    for (const [oldest] of sent) {
      if (sent.size <= REMEMBERED_KEYS) break;
      sent.delete(oldest);
    }
    try {
      const requestId = currentScope()?.ids["request_id"];
      await send({ url, body: JSON.stringify({ ...task, requestId }), ...idsOf(task) });
    } catch (error) {
      sent.delete(key);
      throw error;
    }
  };
}

export interface RefreshQueueOptions {
  url: string;
  send: SendMessage;
  now?: () => number;
}

/** The deduplication id is made from the key and the id of the stale entry; the group from the key only. */
function idsOf({ key, entryId }: RefreshTask): { groupId: string; deduplicationId: string } {
  const hash = createHash("sha256").update(key);
  const group = hash.copy().digest().readUInt32BE() % GROUPS;
  return {
    groupId: `refresh-${group}`,
    deduplicationId: hash.update(`\n${entryId}`).digest("hex"),
  };
}
