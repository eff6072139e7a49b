import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { deployedRoutes } from "@algoitny/functions/deployment/routes";
import { runbookText } from "@algoitny/ops/restore/runbook-text";
import { type Incident, runbookFor, sideTable } from "@algoitny/ops/restore/runbooks";
import type { Step } from "@algoitny/ops/restore/step";
import { describe, expect, test } from "vitest";
import { type Graph, ofType, theOne } from "./support/graph.ts";
import { graphOf } from "./support/graphs.ts";
import { ROOT } from "./support/platform.ts";
import { obey, type RestoreModel, settingsOf } from "./support/restore-model.ts";
import { roleOf, statementsOf } from "./support/roles.ts";
import { RESTORED_TABLE, stages } from "./support/stages.ts";
import { typeCommands } from "./support/typed-commands.ts";

const TABLE = "aws:dynamodb/table:Table";
const production = graphOf("production");
/** Production that has adopted the table of a rewind. */
const rewound = graphOf("bare");

const table = String(theOne(production, TABLE).inputs["name"]);
const options = {
  stage: "production",
  region: "us-east-1",
  account: "123456789012",
  table,
  at: new Date("2026-11-28T15:00:00Z"),
  pk: "PROBLEM#7",
};
/** The table that stages.ts declares as rewound. */
const rewind = { ...options, table: RESTORED_TABLE.replace(/-at-.*$/, "") };

const settings = settingsOf(theOne(production, TABLE), "production");

function modelOf(name: string): RestoreModel {
  return {
    tables: new Map([[name, { ...settings }]]),
    backups: [],
    busy: new Set(),
    state: { name, settings: { ...settings } },
    stopped: new Set(),
  };
}

/** Runs a runbook's steps on the model of the account; shell commands run for real. */
async function follow(
  model: RestoreModel,
  steps: readonly Step[],
  graph: Graph,
): Promise<string[][]> {
  const calls = await typeCommands(runbookText(steps, options));
  for (const call of calls) obey(model, call, theOne(graph, TABLE));
  return calls;
}

const without = (steps: readonly Step[], left: (step: Step) => boolean) =>
  steps.filter((step) => !left(step));

describe("the runbook for a deleted table", () => {
  const steps = runbookFor("deleted", options);
  const deleted = (): RestoreModel => ({
    ...modelOf(table),
    tables: new Map(),
    backups: [table],
  });

  test("restores it with stream, time to live, recovery, protection and tags, and starts all functions again", async () => {
    const model = deleted();
    await follow(model, steps, production);
    expect(model.tables.get(table)).toEqual(settings);
    expect(model.stopped).toEqual(new Set());
  });

  test("takes the newest of the backups that AWS makes automatically", async () => {
    const calls = await follow(deleted(), steps, production);
    const [list] = calls.filter(([, , operation]) => operation === "list-backups");
    expect(list?.slice(3).join(" ")).toBe(
      `--table-name ${table} --backup-type SYSTEM ` +
        "--query sort_by(BackupSummaries, &BackupCreationDateTime)[-1].BackupArn --output text",
    );
  });

  test("needs the refresh: without it the deployment fails, because the table has no stream", async () => {
    const unrefreshed = without(steps, (step) => "sst" in step && step.sst === "refresh");
    await expect(follow(deleted(), unrefreshed, production)).rejects.toThrow(
      "stream is not enabled",
    );
  });

  test("must precede any deployment: an earlier deployment creates an empty table of that name", async () => {
    const refresh: Step[] = [
      { why: "", sst: "refresh" },
      { why: "", sst: "deploy" },
    ];
    await expect(follow(deleted(), [...refresh, ...steps], production)).rejects.toThrow(
      "TableAlreadyExistsException",
    );
  });
});

describe("the runbook for a rewind", () => {
  const steps = runbookFor("rewind", rewind);
  const isPreparation = (step: Step) =>
    "aws" in step && /update-|tag-resource/.test(step.aws) && !step.aws.startsWith("lambda");

  test("makes a table that the deployment adopts unchanged, and keeps the old one", async () => {
    const model = modelOf(rewind.table);
    await follow(model, steps, rewound);
    expect(model.tables.get(RESTORED_TABLE)).toEqual(settings);
    expect(model.tables.has(rewind.table)).toBe(true);
    expect(model.state?.name).toBe(RESTORED_TABLE);
    expect(model.stopped).toEqual(new Set());
  });

  test.each(steps.filter(isPreparation))("needs every preparation: $why", async (left) => {
    const unprepared = without(steps, (step) => step === left);
    await expect(follow(modelOf(rewind.table), unprepared, rewound)).rejects.toThrow(
      "do not match the existing resource",
    );
  });

  test("puts the table's name where the stacks read it", () => {
    const [entry] = /\{ production: "[\w-]+" \}/.exec(runbookText(steps, rewind)) ?? [];
    expect(entry).toBe(`{ production: "${sideTable(rewind)}" }`);
    expect(stages.bare.restoredTables).toEqual({ production: sideTable(rewind) });
    const file = readFileSync(path.join(ROOT, "stacks/restored-tables.ts"), "utf8");
    expect(file).toContain("export const restoredTables: Record<string, string> = {");
  });
});

describe("an adopted table", () => {
  const { inputs, importId, retainOnDelete } = theOne(rewound, TABLE);

  test("is imported under its own name, with all settings of the stage's table", () => {
    expect(importId).toBe(RESTORED_TABLE);
    expect(inputs["name"]).toBe(RESTORED_TABLE);
    expect(settingsOf(theOne(rewound, TABLE), "production")).toEqual(settings);
    expect(retainOnDelete).toBe(true);
  });

  test("is the table that functions are linked to, may access, and whose stream they read", () => {
    const linked = rewound.functions.flatMap(({ links }) => links["Table"] ?? []);
    expect(new Set(linked.map((link) => Reflect.get(Object(link), "name")))).toEqual(
      new Set([RESTORED_TABLE]),
    );
    const mappings = ofType(rewound, "aws:lambda/eventSourceMapping:EventSourceMapping");
    const sources = mappings.map((mapping) => String(mapping.inputs["eventSourceArn"]));
    const streams = sources.filter((arn) => arn.includes(":dynamodb:"));
    expect(streams.every((arn) => arn.includes(`:table/${RESTORED_TABLE}/stream/`))).toBe(true);
  });

  test("belongs to no other stage", () => {
    for (const stage of ["production", "personal", "dev"] as const)
      expect(theOne(graphOf(stage), TABLE).importId).toBe("");
  });
});

describe("the runbook for single items", () => {
  test("copies them unchanged from a side table, which is deleted afterwards", async () => {
    const model = modelOf(table);
    const calls = await follow(model, runbookFor("items", options), production);
    const put = calls.filter(([, , operation]) => operation === "put-item");
    const item = '{"pk":{"S":"PROBLEM#7"},"title":{"S":"A \\"B\\""}}';
    expect(put).toEqual(
      [1, 2].map(() => ["aws", "dynamodb", "put-item", "--table-name", table, "--item", item]),
    );
    const read = calls.filter(([, , operation]) => operation === "get-item");
    expect(read.map((call) => call[call.indexOf("--table-name") + 1])).toEqual(
      [1, 2].map(() => sideTable(options)),
    );
    expect(read.map((call) => JSON.parse(call[call.indexOf("--key") + 1] ?? ""))).toEqual(
      ["PROBLEM", "BODY"].map((sk) => ({ pk: { S: "PROBLEM#7" }, sk: { S: sk } })),
    );
    expect([...model.tables.keys()]).toEqual([table]);
  });
});

test("quotes a partition key correctly, with any characters", async () => {
  const pk = `it's "$HOME" \\ #1`;
  const text = runbookText(runbookFor("items", { ...options, pk }), options);
  const calls = await typeCommands(text);
  const keyOf = (call: string[], flag: string) => JSON.parse(call[call.indexOf(flag) + 1] ?? "");
  const [query] = calls.filter(([, , operation]) => operation === "query");
  expect(keyOf(query ?? [], "--expression-attribute-values")).toEqual({ ":pk": { S: pk } });
  const [read] = calls.filter(([, , operation]) => operation === "get-item");
  expect(keyOf(read ?? [], "--key")).toMatchObject({ pk: { S: pk } });
});

describe.each(["deleted", "rewind", "items"] as const)("waiting for %s", (incident) => {
  const steps = runbookFor(incident, incident === "rewind" ? rewind : options);
  const begin = (): RestoreModel =>
    incident === "deleted"
      ? { ...modelOf(table), tables: new Map(), backups: [table] }
      : modelOf(incident === "rewind" ? rewind.table : table);
  const graph = incident === "rewind" ? rewound : production;

  test.each(steps.filter((step) => "waitFor" in step))("is needed: $why", async (left) => {
    const hasty = without(steps, (step) => step === left);
    await expect(follow(begin(), hasty, graph)).rejects.toThrow("ResourceInUseException");
  });
});

describe("while a table is restored", () => {
  const writing = /^dynamodb:(?:Put|Update|Delete|BatchWrite)/;
  const mayWrite = production.functions
    .map(({ id }) => theOne(production, "aws:lambda/function:Function", `${id}Function`).inputs)
    .filter(({ name }) =>
      statementsOf(roleOf(production, String(name))).some(({ Action }) =>
        Action.some((action) => writing.test(action)),
      ),
    );

  test.each(["deleted", "rewind"] as const)(
    "%s: every function that may write to it is stopped, and has its own concurrency again afterwards",
    (incident: Incident) => {
      const concurrency = runbookFor(incident, options).flatMap((step) =>
        "aws" in step && step.aws.startsWith("lambda") ? [step.input] : [],
      );
      const names = mayWrite.map(({ name }) => String(name));
      const closed = concurrency.slice(0, names.length);
      expect(closed.map((input) => String(Reflect.get(input, "FunctionName"))).toSorted()).toEqual(
        names.toSorted(),
      );
      const opened = concurrency
        .slice(names.length)
        .map((input) => [
          Reflect.get(input, "FunctionName"),
          Reflect.get(input, "ReservedConcurrentExecutions"),
        ]);
      expect(Object.fromEntries(opened)).toEqual(
        Object.fromEntries(
          mayWrite.map(({ name, reservedConcurrentExecutions }) => [
            name,
            reservedConcurrentExecutions,
          ]),
        ),
      );
    },
  );

  test.each(["deleted", "rewind"] as const)(
    "%s: the cache is cleared after the deployment, and before writes are allowed again",
    (incident) => {
      const steps = runbookFor(incident, options);
      const deployed = steps.findIndex((step) => "sst" in step && step.sst === "deploy");
      const cleared = steps.findIndex((step) => "request" in step);
      const opened = steps.findIndex((step) => step.why === "Open writes.");
      expect(cleared).toBeGreaterThan(deployed);
      expect(opened).toBeGreaterThan(cleared);
      const keys: string[] = deployedRoutes().map(({ key }) => key);
      expect(keys).toContain(Reflect.get(steps[cleared] ?? {}, "request"));
    },
  );
});

describe("npm run restore", () => {
  const run = (...flags: string[]) =>
    spawnSync(process.execPath, [path.join(ROOT, "packages/ops/src/cli/restore.ts"), ...flags], {
      encoding: "utf8",
    });
  const known = [
    "--stage",
    "alice",
    "--table",
    table,
    "--region",
    "eu-west-1",
    "--account",
    "123456789012",
  ];

  test("prints the steps of a stage, and those of its functions", () => {
    const { stdout, status } = run("deleted", ...known);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^export AWS_REGION=eu-west-1\n/);
    expect(stdout).toContain("npx sst refresh --stage alice");
    expect(stdout).toContain("algoitny-alice-http-create-problem");
  });

  test("prints the steps for programs with --json", () => {
    const { stdout } = run("rewind", ...known, "--at", "2026-11-28T15:00:00Z", "--json");
    expect(JSON.parse(stdout)).toContainEqual(expect.objectContaining({ sst: "deploy" }));
  });

  test.each([
    [[], "give one of items, deleted, rewind"],
    [["deleted"], "give --stage, --table, --region, --account"],
    [["rewind", ...known], "give --at"],
    [["rewind", ...known, "--at", "noon"], "--at noon is not a time"],
    [["items", ...known, "--at", "2026-11-28"], "give --pk"],
    [["deleted", ...known, "--table", "a b"], "is not a valid table name"],
    [["deleted", ...known, "--account", "12"], "write 12 digits"],
  ])("names what %j lacks", (flags, text) => {
    const { stderr, status } = run(...flags);
    expect(stderr).toContain(text);
    expect(stderr).toContain("Usage: npm run restore");
    expect(status).toBe(2);
  });
});
