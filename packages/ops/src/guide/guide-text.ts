import { drills } from "../commands/drill.ts";
import { type LookName, looks } from "../commands/drill-looks.ts";
import { readDrillOutput, WELL } from "./drill-output.ts";
import { type FindingText, findingTexts } from "@algoitny/functions/findings/finding-texts";

/** docs/troubleshooting.md: one section per finding, with its id as the anchor. */
export function guideText(): string {
  const texts: [string, FindingText][] = Object.entries(findingTexts);
  const contents = texts.map(([id, { title }]) => `- [${title}](#${id})`);
  return `${[
    "# Trouble-shooting",
    "`npm run docs:guide` makes this page of `functions/findings/finding-texts.ts`; page, `npm run ops -- doctor` and alarms have the same words. A finding begins with the second interval in a row that shows it and ends after three without it; what another one explains is left out. What *you see* are outputs of a run of the drills: `npm run prove -- drills` compares them with today's, but for numbers, and records them anew with `GUIDE=write`.",
    contents.join("\n"),
    "**When all is well,** this is what a little traffic looks like:",
    ...outputs(WELL, Object.keys(looks) as LookName[]),
    ...texts.map(([id, text]) => section(id, text)),
  ].join("\n\n")}\n`;
}

function section(id: string, { title, means, check, todo, otherwise, hides }: FindingText): string {
  const hidden = hides.map((each) => findingTexts[each as keyof typeof findingTexts].title);
  return [
    `<a id="${id}"></a>\n\n## ${title}`,
    means,
    `**Is it really?** \`${check}\``,
    ...shown(id),
    `**Do:** ${todo}`,
    `**If that does not help:** ${otherwise}`,
    ...(hidden.length > 0 ? [`It hides: ${hidden.join(", ")}.`] : []),
  ].join("\n\n");
}

/** A drill that ends with the finding has recorded its outputs. */
function shown(id: string): string[] {
  const [name, drill] = Object.entries(drills).find(([, { finding }]) => finding === id) ?? [];
  if (name === undefined || drill === undefined) return [];
  return [
    `**You see** (\`npm run ops -- drill ${name}\` shows it in the local cloud):`,
    ...outputs(name, drill.shows),
  ];
}

/** Recorded outputs of looks; empty ones are omitted. */
function outputs(name: string, names: readonly LookName[]): string[] {
  return names.flatMap((look) => {
    const output = readDrillOutput(name, look);
    return output ? [`\`npm run ops -- ${look}\`\n\n\`\`\`text\n${output}\n\`\`\``] : [];
  });
}
