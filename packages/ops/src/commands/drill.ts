import type { ShownName } from "./shown-commands.ts";
import { type Command, UsageError } from "./ops-command.ts";
import type { Named } from "./rehearse-drill.ts";
import { number, safe } from "./terminal-text.ts";

export interface Drill {
  /** Fault planted in the local cloud. */
  does: string;
  /** Finding that must name it. */
  finding: string;
  /** Name of the cloud's own switch, if it has one. */
  fault?: string;
  /** Paths of one round of traffic; there are at most five rounds a second. */
  reads: (paths: readonly string[]) => readonly string[];
  /** Commands whose outputs the guide shows for this fault. */
  shows: readonly ShownName[];
  /**
   * Number of tags that are invalidated each second. For a storm it is the minimum: a busy stage needs more, so that
   * the storm stands out from its traffic.
   */
  tags?: number;
  isStorm?: true;
}

/** Tags of a storm each second, while there is little other traffic. */
export const STORM_TAGS = 40;

const HOT_READERS = 20;

/** Reads of one round of ordinary traffic. */
export const ORDINARY_READS = 4;

const ordinary = (paths: readonly string[]) => paths.slice(0, ORDINARY_READS);

/** Drill → the fault that it plants; the finding that names it has a section in the guide. */
export const drills: Readonly<Record<string, Drill>> = {
  "redis-slow": {
    does: "each request to Redis takes 90 ms longer",
    finding: "redis-slow",
    fault: "redis-slow",
    reads: ordinary,
    shows: ["doctor", "stats --since 15m"],
  },
  "redis-down": {
    does: "Redis is stopped",
    finding: "redis-down",
    fault: "redis-down",
    reads: ordinary,
    shows: ["doctor", "tail --outcome bypass"],
  },
  "stream-stuck": {
    does: "the stream's function does not run",
    finding: "changes-late",
    fault: "stream-stuck",
    reads: ordinary,
    shows: ["doctor", "explain KEY"],
  },
  storm: {
    does: `${STORM_TAGS} tags are invalidated each second, or more than ten times the usual number, under ordinary reads`,
    finding: "invalidation-storm",
    reads: ordinary,
    shows: ["doctor", "stats --since 15m", "tail --outcome miss"],
    tags: STORM_TAGS,
    isStorm: true,
  },
  "hot-key": {
    does: `one problem's entry is invalidated each second while ${HOT_READERS} readers request it concurrently; a plan warms it, but only every 5 minutes`,
    finding: "readers-wait",
    reads: ([hot = ""]) => Array.from({ length: HOT_READERS }, () => hot),
    shows: ["doctor", "stats --since 15m"],
    tags: 1,
  },
};

const DRILLS = Object.entries(drills)
  .map(([name, { does }]) => `  ${name.padEnd(14)}${does}`)
  .join("\n");

export const drill: Command = {
  summary: "plant a fault in the local cloud, and see which finding names it",
  words: "[NAME]",
  mostWords: 1,
  teaches: `Sends light traffic, plants the fault, waits until the findings name it, and ends it. Watch the dashboard and
\`npm run ops -- doctor\` meanwhile. Without a name it lists the drills:

${DRILLS}`,
  examples: ["drill redis-slow", "drill stream-stuck --json"],
  async run({ words: [name] }, context) {
    if (name === undefined)
      return {
        data: { drills: Object.keys(drills) },
        text: `${DRILLS}\n\nnpm run ops -- drill NAME`,
      };
    const chosen = Object.hasOwn(drills, name) ? drills[name] : undefined;
    if (!chosen)
      throw new UsageError(`no drill ${name}: there are ${Object.keys(drills).join(", ")}`);
    if (context.stage.name !== "local")
      throw new UsageError(
        `${context.stage.name} is not a local cloud: only there can faults be planted`,
      );
    const { LONGEST_SECONDS, rehearse } = await import("./rehearse-drill.ts");
    const startMs = performance.now();
    const named = await rehearse(chosen, context);
    const seconds = Math.round((performance.now() - startMs) / 1_000);
    const text = named
      ? [`named after ${seconds} s: ${safe(named.sentence)}`, ...blocksOf(named.shown)].join("\n\n")
      : `not named within ${number(LONGEST_SECONDS)} s`;
    const data = { drill: name, finding: chosen.finding, seconds, ...named };
    return { data, text, failed: !named };
  },
};

const blocksOf = (shown: Named["shown"]) =>
  Object.entries(shown).map(([name, output]) => `npm run ops -- ${name}\n${output}`);
