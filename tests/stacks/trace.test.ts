import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { fileOfName } from "@algoitny/ops/trace/resolve";
import { describe, expect, onTestFinished, test } from "vitest";
import { startContainer } from "./support/container.ts";
import { builtOf } from "./support/deployment.ts";
import { theOne } from "./support/graph.ts";
import { graphOf } from "./support/graphs.ts";
import { ROOT } from "./support/platform.ts";
import { sealLinks } from "./support/sealed-links.ts";
import { TRACED } from "./support/stages.ts";

const SOURCE = `packages/functions/src/${TRACED}.ts`;

const graph = graphOf("production");
const lines = readFileSync(path.join(ROOT, SOURCE), "utf8").split("\n");
/** Throws for an event that is invalid. */
const failingLine = lines.findIndex((line) => line.includes("parseEvent(Event")) + 1;

function runTrace(input: string, ...flags: string[]) {
  const command = path.join(ROOT, "packages/ops/src/cli/trace.ts");
  return spawnSync(process.execPath, [command, ...flags], { input, encoding: "utf8" });
}

/** The stack trace of a deployed bundle, with Lambda's folder of the bundle. */
async function deployedTrace(): Promise<string> {
  const { id, folder, links } = builtOf(graph, TRACED);
  const { inputs } = theOne(graph, "aws:lambda/function:Function", `${id}Function`);
  const { variables } = inputs["environment"] as { variables: Record<string, string> };
  const container = startContainer(folder, { ...variables, SST_KEY: sealLinks(folder, links) });
  onTestFinished(() => container.close());
  const failure: unknown = await container.invoke({ plan: "nonsense" }).catch((error) => error);
  return String(failure).replaceAll(folder, "/var/task");
}

describe("npm run trace", () => {
  test("shows the place in the sources where a deployed function failed, from one of its log lines too", async () => {
    const trace = await deployedTrace();
    expect(trace).toMatch(/\/var\/task\/bundle\.mjs:\d+:\d+/);
    const logged = JSON.stringify({ frames: trace.split("\n") });
    const run = runTrace(`${logged}\n${trace}`, "algoitny-production-schedule-warm-problems");
    expect(run).toMatchObject({ stderr: "", status: 0 });
    const [line = "", ...resolved] = run.stdout.split("\n");
    const plain = resolved.join("\n");
    const [, column] = new RegExp(`${SOURCE}:${failingLine}:(\\d+)`).exec(plain) ?? [];
    expect(lines[failingLine - 1]?.slice(Number(column) - 1)).toMatch(/^parseEvent\(/);
    expect(plain).not.toContain("/var/task/");
    expect(JSON.parse(line)).toEqual({ frames: resolved });
  });

  // Each run builds its function; this one is small.
  test.each([
    ["in plain words", [], (text: string) => text],
    [
      "for programs",
      ["--json"],
      (text: string) =>
        `${JSON.stringify({ function: "http/health-live", text, unknown: ["chunk-AAAAAAAA.mjs"] })}\n`,
    ],
  ])("detects a trace of another commit by the names of its chunks, %s", (_, flags, answer) => {
    const trace = "Error: no\n    at f (file:///var/task/chunk-AAAAAAAA.mjs:1:2)\n";
    const { stdout, stderr, status } = runTrace(trace, "http/health-live", ...flags);
    expect(stdout).toBe(answer(trace));
    expect(stderr).toContain("chunk-AAAAAAAA.mjs: not in this commit's bundle");
    expect(status).toBe(1);
  });

  test("fails for an input without a frame of a bundle, and prints it unchanged", () => {
    const { stdout, stderr, status } = runTrace("request failed\n", "http/health-live");
    expect({ stdout, stderr, status }).toEqual({
      stdout: "request failed\n",
      stderr: "no frame of a bundle in the input\n",
      status: 1,
    });
  });

  test.each([[[]], [["http/get-planet"]], [["http/health", "http/health-live"]], [["--fast"]]])(
    "%j is answered with the usage",
    (flags) => {
      const { stderr, status } = runTrace("", ...flags);
      expect(stderr).toContain("Usage: npm run trace -- FUNCTION");
      expect(status).toBe(2);
    },
  );
});

test("a function is found by its file, its name at AWS and its log group", () => {
  expect(fileOfName("http/get-problem")).toBe("http/get-problem");
  expect(fileOfName("algoitny-alice-http-get-problem-by-key")).toBe("http/get-problem-by-key");
  expect(fileOfName("/aws/lambda/algoitny-production-queue-run-invalidation-jobs")).toBe(
    "queue/run-invalidation-jobs",
  );
});
