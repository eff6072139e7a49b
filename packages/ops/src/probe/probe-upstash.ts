import { randomUUID } from "node:crypto";
import { type Finding, QUESTIONS } from "./open-questions.ts";
import type { Send } from "./rest-client.ts";

/**
 * Asks a database the questions that Upstash's documentation leaves open. Writes only under a random prefix, and removes
 * its keys, even if a question fails.
 */
export async function probeUpstash(
  send: Send,
  { pairs, onFinding }: { pairs: number; onFinding?: (name: string, finding: Finding) => void },
): Promise<Record<string, Finding>> {
  const prefix = `probe:${randomUUID()}`;
  const names = new Set<string>();
  const name = (suffix: string) => {
    const own = `${prefix}:${suffix}`;
    names.add(own);
    return own;
  };
  const findings: Record<string, Finding> = {};
  try {
    for (const [id, { question, ask, claims }] of Object.entries(QUESTIONS)) {
      const asked = await ask({ send, name, pairs });
      const finding = { question, ...asked, claim: claims[asked.verdict] };
      findings[id] = finding;
      onFinding?.(id, finding);
    }
    return findings;
  } finally {
    if (names.size > 0) await send(["DEL", ...names]);
  }
}
