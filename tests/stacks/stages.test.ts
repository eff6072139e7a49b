import { readFileSync } from "node:fs";
import type { CreateTableCommandInput } from "@aws-sdk/client-dynamodb";
import { tableDefinition, TTL_ATTRIBUTE } from "@algoitny/core/table/definition";
import { access } from "@algoitny/functions/deployment/access";
import { describe, expect, test } from "vitest";
import { fileOf, type Graph, type Inputs, ofType, theOne } from "./support/graph.ts";
import { graphOf } from "./support/graphs.ts";

/** Typed as CreateTable's input, which may have indexes: the stacks must create the same ones. */
const definition: Omit<CreateTableCommandInput, "TableName"> = tableDefinition;

const production = graphOf("production");
const personal = graphOf("personal");

describe("the table", () => {
  const { inputs } = theOne(production, "aws:dynamodb/table:Table");

  test("has the definition from which the local cloud creates it too", () => {
    const [hash, range] = tableDefinition.KeySchema;
    expect(inputs).toMatchObject({
      attributes: tableDefinition.AttributeDefinitions.map(({ AttributeName, AttributeType }) => ({
        name: AttributeName,
        type: AttributeType,
      })),
      hashKey: hash?.AttributeName,
      rangeKey: range?.AttributeName,
      billingMode: tableDefinition.BillingMode,
      streamEnabled: true,
      streamViewType: tableDefinition.StreamSpecification.StreamViewType,
      ttl: { attributeName: TTL_ATTRIBUTE, enabled: true },
      globalSecondaryIndexes: (definition.GlobalSecondaryIndexes ?? []).map(namedAlike),
      localSecondaryIndexes: (definition.LocalSecondaryIndexes ?? []).map(namedAlike),
    });
  });

  test("can be restored to any point in time", () => {
    expect(inputs["pointInTimeRecovery"]).toEqual({ enabled: true });
  });
});

describe("production", () => {
  test("keeps its table when anything is removed, and refuses to be removed as a whole", () => {
    expect(production.app).toMatchObject({ name: "algoitny", removal: "retain", protect: true });
    const table = theOne(production, "aws:dynamodb/table:Table");
    expect(table.retainOnDelete).toBe(true);
    expect(table.inputs["deletionProtectionEnabled"]).toBe(true);
  });

  test("keeps logs for three months", () => {
    expect(retentions("production")).toEqual([90]);
  });

  test("reserves concurrency for functions that must not be starved or must not run twice", () => {
    expect(reserved("production")).toMatchObject({
      TableSubscriberInvalidateFunctionFunction: 24,
      BeatHandlerFunction: 1,
      WarmProblemsHandlerFunction: 1,
      WarmUserStatsHandlerFunction: 1,
      OpsClearFunction: 2,
    });
    expect(reserved("production")).not.toHaveProperty("ListProblemsFunction");
  });

  test("docs/deploy.md states the sum of the reserved concurrency", () => {
    const all = Object.values(reserved("production")).reduce<number>(
      (sum, n) => sum + Number(n),
      0,
    );
    const guide = readFileSync(new URL("../../docs/deploy.md", import.meta.url), "utf8");
    expect(guide).toContain(`(${all} are reserved, and AWS keeps 100 unreserved)`);
  });
});

describe("a user pool", () => {
  const poolOf = (graph: Graph) => theOne(graph, "aws:cognito/userPool:UserPool");

  test("is created for a stage without an issuer, and for no other", () => {
    expect(ofType(production, "aws:cognito/userPool:UserPool")).toEqual([]);
    expect(poolOf(personal).inputs).toMatchObject({
      usernameAttributes: ["email"],
      deletionProtection: "INACTIVE",
    });
    expect(poolOf(personal).retainOnDelete).toBe(false);
  });

  test("of production keeps its users, even if the next deployment chooses another issuer", () => {
    const pool = poolOf(graphOf("bare"));
    expect(pool.inputs["deletionProtection"]).toBe("ACTIVE");
    expect(pool.retainOnDelete).toBe(true);
  });
});

describe("a personal stage", () => {
  test("is removed as a whole", () => {
    expect(personal.app).toMatchObject({ removal: "remove", protect: false });
    const table = theOne(personal, "aws:dynamodb/table:Table");
    expect(table.retainOnDelete).toBe(false);
    expect(table.inputs["deletionProtectionEnabled"]).toBe(false);
  });

  test("keeps logs for a week and reserves no concurrency", () => {
    expect(retentions("personal")).toEqual([7]);
    expect(reserved("personal")).toEqual({});
  });
});

describe.each(["production", "personal"] as const)("every function of %s", (stage) => {
  const graph = graphOf(stage);

  test("runs Node 24 on arm64 and logs JSON to its own group, or to that of requests", () => {
    for (const { inputs } of ofType(graph, "aws:lambda/function:Function")) {
      const own = String(inputs["name"]);
      const group = own.replace(/-http-.*$/, "-http");
      expect(inputs).toMatchObject({
        runtime: "nodejs24.x",
        architectures: ["arm64"],
        loggingConfig: {
          logFormat: "JSON",
          systemLogLevel: stage === "production" ? "WARN" : "INFO",
          logGroup: `/aws/lambda/${group}`,
        },
      });
    }
  });

  test("has the memory and the timeout of its kind; for requests 10 s, below the gateway's 30 s", () => {
    const limits: Record<string, Inputs> = {
      http: { memorySize: 1_024, timeout: 10 },
      schedule: { memorySize: 1_024, timeout: 60 },
      queue: { memorySize: 1_024, timeout: 60 },
      stream: { memorySize: 512, timeout: 60 },
    };
    for (const { id, handler } of graph.functions) {
      const { inputs } = theOne(graph, "aws:lambda/function:Function", `${id}Function`);
      expect(inputs, handler).toMatchObject(limits[fileOf(handler).split("/")[0] ?? ""] ?? {});
    }
    expect(graph.functions).toHaveLength(Object.keys(access).length);
  });

  test("is named after its stage and its file, so that several stages can share an account", () => {
    const functions = ofType(graph, "aws:lambda/function:Function");
    const names = functions.map(({ inputs }) => String(inputs["name"]));
    const files = graph.functions.map(({ handler }) => fileOf(handler).replace("/", "-"));
    const wanted = files.map((file) => `algoitny-${graph.app.stage}-${file}`);
    expect(names.toSorted()).toEqual(wanted.toSorted());
    expect(Math.max(...wanted.map((name) => name.length))).toBeLessThanOrEqual(64);
  });
});

function namedAlike({ IndexName }: { IndexName: string | undefined }) {
  return expect.objectContaining({ name: IndexName });
}

function retentions(stage: "production" | "personal"): unknown[] {
  const groups = ofType(graphOf(stage), "aws:cloudwatch/logGroup:LogGroup");
  return [...new Set(groups.map(({ inputs }) => inputs["retentionInDays"]))];
}

function reserved(stage: "production" | "personal"): Record<string, unknown> {
  const functions = ofType(graphOf(stage), "aws:lambda/function:Function");
  return Object.fromEntries(
    functions.flatMap(({ name, inputs }) => {
      const count = inputs["reservedConcurrentExecutions"];
      return count === undefined ? [] : [[name, count]];
    }),
  );
}
