import { randomUUID } from "node:crypto";
import { type Result, QUESTIONS } from "./open-questions.ts";
import type { Send } from "./rest-client.ts";

/**
 * Asks a database the questions that Upstash's documentation leaves open. Writes only under a random prefix, and removes
 * its keys, even if a question fails.
 */
export async function probeUpstash(
  send: Send,
  { pairs, onResult }: { pairs: number; onResult?: (name: string, result: Result) => void },
): Promise<Record<string, Result>> {
  const prefix = `probe:${randomUUID()}`;
  const names = new Set<string>();
  const name = (suffix: string) => {
    const own = `${prefix}:${suffix}`;
    names.add(own);
    return own;
  };
  const results: Record<string, Result> = {};
  try {
    for (const [id, { question, ask, claims }] of Object.entries(QUESTIONS)) {
      const asked = await ask({ send, name, pairs });
      const result = { question, ...asked, claim: claims[asked.verdict] };
      results[id] = result;
      onResult?.(id, result);
    }
    return results;
  } finally {
    if (names.size > 0) await send(["DEL", ...names]);
  }
}
