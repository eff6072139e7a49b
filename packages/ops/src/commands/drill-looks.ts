import { doctor } from "./doctor.ts";
import type { Command, Context, Given } from "./ops-command.ts";
import { explain, top } from "./show-entries.ts";
import { stats } from "./show-stats.ts";
import { tail } from "./tail.ts";

/** Highest number of lines that are shown of a command's output; fewer of `tail`, which has a line per request. */
const MOST_LINES = 24;
const TAIL_LINES = 4;

interface Look {
  command: Command;
  flags?: Given["flags"];
  /** Key of the entry for `explain KEY`. */
  ofEntry?: true;
  most?: number;
}

/** Commands whose outputs the guide shows, as they are typed. */
export const looks = {
  doctor: { command: doctor },
  "stats --since 15m": { command: stats, flags: { since: "15m" } },
  "top -n 3": { command: top, flags: { n: "3" } },
  "tail --outcome bypass": { command: tail, flags: { outcome: "bypass" }, most: TAIL_LINES },
  "tail --outcome miss": { command: tail, flags: { outcome: "miss" }, most: TAIL_LINES },
  "explain KEY": { command: explain, ofEntry: true },
} as const satisfies Record<string, Look>;

export type LookName = keyof typeof looks;

/** Outputs of some of the commands, the first lines of each. `key` names the entry of `explain KEY`. */
export async function outputsOf(
  names: readonly LookName[],
  context: Context,
  key: string,
): Promise<Partial<Record<LookName, string>>> {
  const shown: Partial<Record<LookName, string>> = {};
  for (const name of names) {
    const { command, flags = {}, ofEntry, most = MOST_LINES }: Look = looks[name];
    // Each run gets a new memory: otherwise a repeated command would continue from its last position.
    const fresh = { ...context, memory: new Map<string, unknown>() };
    const { text } = await command.run({ flags, words: ofEntry ? [key] : [] }, fresh);
    shown[name] = text.split("\n").slice(0, most).join("\n");
  }
  return shown;
}
