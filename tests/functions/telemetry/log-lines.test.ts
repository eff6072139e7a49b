import { createLog } from "@algoitny/functions/telemetry/logger";
import { expect, test } from "vitest";

function logAt(settings: NodeJS.ProcessEnv = {}) {
  const lines: Record<string, unknown>[] = [];
  return { lines, log: createLog((line) => lines.push(JSON.parse(line)), settings) };
}

test("a line contains values that JSON cannot represent in another form, and never fails its request", () => {
  const { lines, log } = logAt();
  const loop: Record<string, unknown> = { size: 12n };
  loop["self"] = { loop };
  const twice = { id: 1 };
  log.error("odd", { loop, one: twice, other: twice, missing: undefined });
  expect(lines).toMatchObject([
    {
      level: "error",
      message: "odd",
      loop: { size: "12", self: { loop: "[circular]" } },
      one: { id: 1 },
      other: { id: 1 },
    },
  ]);
});

test.each([
  [{}, ["info", "warn", "error"]],
  [{ POWERTOOLS_LOG_LEVEL: "warn" }, ["warn", "error"]],
  [{ POWERTOOLS_LOG_LEVEL: "DEBUG", AWS_LAMBDA_LOG_LEVEL: "ERROR" }, ["error"]],
  [{ AWS_LAMBDA_LOG_LEVEL: "SILENT" }, []],
  [{ POWERTOOLS_LOG_LEVEL: "loud" }, ["info", "warn", "error"]],
])("the settings %o log the levels %o", (settings, levels) => {
  const { lines, log } = logAt(settings);
  for (const level of ["info", "warn", "error"] as const) log[level]("said");
  expect(lines.map((line) => line["level"])).toEqual(levels);
});
