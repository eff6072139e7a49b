import { drills } from "../commands/drill.ts";
import { shownCommands, type ShownName } from "../commands/shown-commands.ts";
import { readDrillOutput, WELL } from "./drill-output.ts";
import { rules } from "@algoitny/functions/findings/finding-rules";
import {
  type FindingId,
  type FindingText,
  findingTexts,
} from "@algoitny/functions/findings/finding-texts";

/** docs/troubleshooting.md: one section per finding, with its id as the anchor. */
export function guideText(): string {
  const texts: [string, FindingText][] = Object.entries(findingTexts);
  const atOnce = texts.flatMap(([id, { title }]) =>
    rules[id as FindingId].intervals === 1 ? [title] : [],
  );
  const contents = texts.map(([id, { title }]) => `- [${title}](#${id})`);
  return `${[
    "# Troubleshooting",
    `\`npm run docs:guide\` generates this page from \`functions/findings/finding-texts.ts\`; the dashboard, \`npm run ops -- doctor\` and alarms have the same texts. A finding is shown once two intervals in a row have it (${atOnce.map((title) => `*${title}*`).join(", ")}: one), until three in a row lack it; a finding that another one explains is not shown. The outputs under *You see* are recorded from the drills: \`npm run prove -- drills\` compares them with the current outputs, except for what differs from run to run, such as numbers, and records them again with \`GUIDE=write\`.`,
    contents.join("\n"),
    "**Without a fault,** a little traffic looks like this:",
    ...outputs(WELL, Object.keys(shownCommands) as ShownName[]),
    ...texts.map(([id, text]) => section(id, text)),
  ].join("\n\n")}\n`;
}

function section(id: string, { title, means, check, todo, otherwise, hides }: FindingText): string {
  const hidden = hides.map((each) => findingTexts[each as keyof typeof findingTexts].title);
  return [
    `<a id="${id}"></a>\n\n## ${title}`,
    means,
    `**To verify:** \`${check}\``,
    ...shown(id),
    `**Do:** ${todo}`,
    `**If that does not help:** ${otherwise}`,
    ...(hidden.length > 0
      ? [`Findings that it explains, which are then not shown: ${hidden.join(", ")}.`]
      : []),
  ].join("\n\n");
}

/** Outputs that the drill of this finding has recorded; none if no drill plants its fault. */
function shown(id: string): string[] {
  const [name, drill] = Object.entries(drills).find(([, { finding }]) => finding === id) ?? [];
  if (name === undefined || drill === undefined) return [];
  return [
    `**You see** (\`npm run ops -- drill ${name}\` shows it in the local cloud):`,
    ...outputs(name, drill.shows),
  ];
}

/** Recorded outputs of commands; empty ones are omitted. */
function outputs(name: string, names: readonly ShownName[]): string[] {
  return names.flatMap((command) => {
    const output = readDrillOutput(name, command);
    return output ? [`\`npm run ops -- ${command}\`\n\n\`\`\`text\n${output}\n\`\`\``] : [];
  });
}
