import { createHash } from "node:crypto";
import type { RefreshTask } from "@algoitny/cache";
import type { SendMessage } from "../sqs.ts";
import { currentScope } from "../telemetry/scope.ts";

/** Groups that refreshes are spread over: one that fails holds up its own group until it is tried again, no other. */
const GROUPS = 64;

/** As long as the queue itself drops a repeated message: 5 minutes. */
const REMEMBERED_MS = 5 * 60 * 1_000;

/** Most keys remembered; the ones remembered longest go first. */
const REMEMBERED_KEYS = 1_000;

/**
 * Hands refreshes of stale entries to a queue, each once: one process sends nothing for an entry that it has sent a
 * message for, and the queue drops what another process has sent. A new entry under the same key is a new matter.
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

/** A message is known by its key and the entry it replaces; its group by the key alone. */
function idsOf({ key, entryId }: RefreshTask): { groupId: string; deduplicationId: string } {
  const hash = createHash("sha256").update(key);
  const group = hash.copy().digest().readUInt32BE() % GROUPS;
  return {
    groupId: `refresh-${group}`,
    deduplicationId: hash.update(`\n${entryId}`).digest("hex"),
  };
}
