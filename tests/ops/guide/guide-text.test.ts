import { readFileSync } from "node:fs";
import { commands } from "@algoitny/ops/commands/ops-commands";
import { drills } from "@algoitny/ops/commands/drill";
import { maskedOutput, readDrillOutput } from "@algoitny/ops/guide/drill-output";
import { guideText } from "@algoitny/ops/guide/guide-text";
import { EXIT, runOps } from "@algoitny/ops/commands/run-ops";
import { type FindingId, findingTexts } from "@algoitny/functions/findings/finding-texts";
import { problemList, problemViews } from "@algoitny/core/problem/problem.resources";
import { ProblemListQuery } from "@algoitny/core/problem/problem-query";
import { expect, test } from "vitest";
import { fleet } from "../../support/test-cache.ts";

const page = readFileSync(new URL("../../../docs/troubleshooting.md", import.meta.url), "utf8");

test("docs/troubleshooting.md is what `npm run docs:guide` makes of the findings", () => {
  expect(page).toBe(guideText());
});

test.each(Object.entries(drills))(
  "the guide shows the present texts of %s",
  (name, { finding, shows }) => {
    const { title, todo } = findingTexts[finding as FindingId];
    const output = readDrillOutput(name, "doctor") ?? "";
    for (const look of shows) {
      expect(readDrillOutput(name, look), look).not.toBe("");
      expect(page).toContain(readDrillOutput(name, look));
    }
    expect(output).toMatch(new RegExp(`^fault .*${title}: `, "m"));
    expect(output).toContain(`do: ${todo}`);
    expect(page).toContain(output);
  },
);

test("outputs are compared without the parts that differ from run to run", () => {
  const one =
    "ok      beat             the last one 0.3 s\nfault   since 10:03:11   Redis is slow: 91 ms, usually 4 ms";
  const other = "skipped beat             none\nfault   since 9:00:01    Redis is slow: 8.5 ms";
  expect(maskedOutput(one)).toBe(maskedOutput(other));
  expect(maskedOutput(one)).not.toBe(maskedOutput(one.replace("slow", "down")));
  const line =
    "12:03:11 GET /api/problems/{id}/     miss   38.2 ms  invalidated, 4 reads, key Yc1w3kQz";
  const more = line.replace("38.2", "7").replace("4 reads, key Yc1w3kQz", "key -_aaaaaa");
  expect(maskedOutput(`${line}\n${more}`)).toBe(maskedOutput(line));
  expect(maskedOutput(line)).not.toBe(maskedOutput(line.replace("miss", "hit ")));
});

/** Commands of `npm run ops` in the guide, as they are typed. */
const typed = Object.values(findingTexts)
  .flatMap(({ check, todo, otherwise }) => [check, todo, otherwise])
  .flatMap((text) =>
    Array.from(text.matchAll(/npm run ops -- ([^`]+)/g), ([, words = ""]) => words),
  )
  .filter((words) => !words.includes("PLAN"));

test.each([...new Set(typed)])("`npm run ops -- %s` is a valid command line", async (words) => {
  const args = words.replaceAll("'", "").split(" ");
  const code = await runOps(commands, [...args, "--help"], {
    env: {},
    folder: "/",
    print: () => {},
    note: () => {},
    ask: undefined,
    nextRound: async () => false,
  });
  expect(code).toBe(EXIT.fine);
});

test("the remedy of a full Redis removes entries one by one: a view invalidated as a whole keeps their memory", async () => {
  const [, pattern = ""] =
    /--pattern '([^']+)'/.exec(findingTexts["redis-refuses"].otherwise) ?? [];
  const { cache } = fleet({ resources: problemViews });
  const { resources } = await cache.invalidatePattern(pattern, { dryRun: true });
  expect(resources).toEqual([]);
  for (const search of [undefined, "é".repeat(50)]) {
    const key = problemList.keyFor(ProblemListQuery.parse({ search }));
    expect(key).toContain(pattern.replace("*", ""));
  }
});
