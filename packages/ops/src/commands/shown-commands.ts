import { doctor } from "./doctor.ts";
import type { Command, Context, Given } from "./ops-command.ts";
import { explain, top } from "./show-entries.ts";
import { stats } from "./show-stats.ts";
import { tail } from "./tail.ts";

/** Highest number of lines that the guide shows of a command's output; `TAIL_LINES` for `tail`, which has a line per request. */
const MOST_LINES = 24;
const TAIL_LINES = 4;

interface ShownCommand {
  command: Command;
  flags?: Given["flags"];
  /** Key of the entry for `explain KEY`. */
  ofEntry?: true;
  most?: number;
}

/** Commands whose outputs the troubleshooting guide shows, as they are typed. */
export const shownCommands = {
  doctor: { command: doctor },
  "stats --since 15m": { command: stats, flags: { since: "15m" } },
  "top -n 3": { command: top, flags: { n: "3" } },
  "tail --outcome bypass": { command: tail, flags: { outcome: "bypass" }, most: TAIL_LINES },
  "tail --outcome miss": { command: tail, flags: { outcome: "miss" }, most: TAIL_LINES },
  "explain KEY": { command: explain, ofEntry: true },
} as const satisfies Record<string, ShownCommand>;

export type ShownName = keyof typeof shownCommands;

/** Outputs of some of the commands, the first lines of each. `key` names the entry of `explain KEY`. */
export async function outputsOf(
  names: readonly ShownName[],
  context: Context,
  key: string,
): Promise<Partial<Record<ShownName, string>>> {
  const shown: Partial<Record<ShownName, string>> = {};
  for (const name of names) {
    const { command, flags = {}, ofEntry, most = MOST_LINES }: ShownCommand = shownCommands[name];
    // Each run gets a new memory: otherwise a repeated command would continue from its last position.
    const own = { ...context, memory: new Map<string, unknown>() };
    const { text } = await command.run({ flags, words: ofEntry ? [key] : [] }, own);
    shown[name] = text.split("\n").slice(0, most).join("\n");
  }
  return shown;
}
