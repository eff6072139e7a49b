import os from "node:os";
import { drills } from "@algoitny/ops/commands/drill";
import { shownCommands, type ShownName } from "@algoitny/ops/commands/shown-commands";
import {
  maskedOutput,
  readDrillOutput,
  recordDrillOutput,
  WELL,
} from "@algoitny/ops/guide/drill-output";
import { commands } from "@algoitny/ops/commands/ops-commands";
import { EXIT, runOps } from "@algoitny/ops/commands/run-ops";
import { announceCloud } from "@algoitny/ops/cli/running-cloud";
import { startCloud, type Cloud } from "@algoitny/local/cloud";
import { mkdtemp, rm } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";

/** Time limit for a finding: the stream's finding takes two beats of 10 s, each of which waits 3 s for its probes. */
const LIMIT_SECONDS = 60;

/** Time after which no finding remains; a Redis that was stopped causes a second one, because it comes back empty. */
const OVER_MS = 120_000;

describe("each planted fault (npm run prove -- drills)", () => {
  let cloud: Cloud;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), "algoitny-drills-"));
    cloud = await startCloud({
      sample: true,
      beatMs: 10_000,
      functions: new URL(inject("functions")),
      watch: false,
      redis: { engine: "embedded" },
      dynamodb: { engine: "embedded" },
    });
    await announceCloud(folder, { url: cloud.url, token: cloud.tokens.admin });
  });
  afterAll(async () => {
    await cloud.close();
    await rm(folder, { recursive: true });
  });

  async function run(args: string[]) {
    const out: string[] = [];
    const code = await runOps(commands, [...args, "--data", folder], {
      env: {},
      folder,
      print: (text) => out.push(text),
      note: () => {},
      ask: undefined,
      nextRound: async () => false,
    });
    return { code, text: out.join("\n") };
  }

  async function ops(...args: string[]) {
    const { code, text } = await run([...args, "--json"]);
    return { code, data: JSON.parse(text || "{}") };
  }

  /** `GUIDE=write` records an output for the guide; without it the recorded one must equal this one, both masked. */
  function checkRecorded(name: string, command: string, shown: string): void {
    const known = command as ShownName;
    if (process.env["GUIDE"] === "write") recordDrillOutput(name, known, shown);
    const recorded = readDrillOutput(name, known) ?? "";
    expect(maskedOutput(recorded), `${name}: ${command}`).toBe(maskedOutput(shown));
  }

  test("nothing is found while all is well", async () => {
    const [first] = (await (await fetch(`${cloud.url}/api/problems/`)).json()) as { id: number }[];
    const id = first?.id ?? 0;
    for (let read = 0; read < 20; read += 1) await fetch(`${cloud.url}/api/problems/${id}/`);
    expect((await ops("doctor")).data.findings).toEqual([]);
    for (const command of Object.keys(shownCommands)) {
      const { text } = await run(command.replace("KEY", `problem_detail:id:${id}`).split(" "));
      checkRecorded(WELL, command, text);
    }
  });

  test.each(Object.entries(drills))(
    "%s is named by its finding, and nothing is found any more when the fault is lifted",
    async (name, { finding }) => {
      const { code, data } = await ops("drill", name);
      expect({ code, finding: data.finding }).toEqual({ code: EXIT.fine, finding });
      console.log(`${name}: ${data.seconds} s: ${data.sentence}`);
      for (const [command, output] of Object.entries(data.shown))
        checkRecorded(name, command, String(output));
      expect(data.seconds).toBeLessThanOrEqual(LIMIT_SECONDS);
      await expect
        .poll(async () => (await ops("doctor")).data.findings, {
          timeout: OVER_MS,
          interval: 2_000,
        })
        .toEqual([]);
    },
  );
});
