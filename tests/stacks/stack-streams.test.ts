import { shownEntities } from "@algoitny/core/invalidation-rules";
import type { EntityName } from "@algoitny/core/table/entities";
import { type Key, keys } from "@algoitny/core/table/keys";
import { subscriptions } from "@algoitny/functions/deployment/subscriptions";
import { compileFilters, type Pattern } from "@algoitny/local/streams/filter";
import { marshall } from "@aws-sdk/util-dynamodb";
import { describe, expect, test } from "vitest";
import { ofType, theOne } from "./support/graph.ts";
import { graphOf } from "./support/graphs.ts";
import { fileOfFunction } from "./support/deployed-routes.ts";
import { allowedTo, roleOf } from "./support/roles.ts";

const graph = graphOf("production");
const mappings = ofType(graph, "aws:lambda/eventSourceMapping:EventSourceMapping");
const ofTable = mappings.filter(({ inputs }) =>
  String(inputs["eventSourceArn"]).includes(":dynamodb:"),
);

test("the table's stream has the subscriptions of their table, and no others", () => {
  const files = ofTable.map(({ inputs }) => fileOfFunction(graph, String(inputs["functionName"])));
  expect(files).toEqual(Object.values(subscriptions).map(({ file }) => file));
});

describe.each(Object.entries(subscriptions))("subscription %s", (name, settings) => {
  const { inputs } = theOne(
    graph,
    "aws:lambda/eventSourceMapping:EventSourceMapping",
    `TableSubscriber${name}EventSourceMapping`,
  );
  const queue = theOne(graph, "aws:sqs/queue:Queue", `${settings.onFailure}Queue`);
  const queueArn = `arn:aws:sqs:us-east-1:123456789012:${String(queue.inputs["name"])}`;

  test("is triggered as the table says, from the oldest record, and may report single failures", () => {
    expect(inputs).toMatchObject({
      eventSourceArn: expect.stringMatching(/^arn:aws:dynamodb:.*\/stream\//),
      startingPosition: "TRIM_HORIZON",
      batchSize: settings.batchSize,
      maximumBatchingWindowInSeconds: settings.maximumBatchingWindowSeconds,
      parallelizationFactor: settings.parallelizationFactor,
      maximumRetryAttempts: settings.maximumRetryAttempts,
      maximumRecordAgeInSeconds: settings.maximumRecordAgeSeconds,
      bisectBatchOnFunctionError: settings.bisectBatchOnFunctionError,
      functionResponseTypes: ["ReportBatchItemFailures"],
    });
  });

  test("sends discarded batches to its queue, and may do so", () => {
    expect(inputs["destinationConfig"]).toEqual({ onFailure: { destinationArn: queueArn } });
    const role = roleOf(graph, String(inputs["functionName"]));
    expect(allowedTo(role, "sqs:SendMessage")).toContain(queueArn);
  });

  test("may read the stream", () => {
    const role = roleOf(graph, String(inputs["functionName"]));
    for (const action of ["DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"]) {
      expect(allowedTo(role, `dynamodb:${action}`)).toEqual([inputs["eventSourceArn"]]);
    }
  });

  test("has at most five filters, Lambda's limit", () => {
    expect(filtersOf(inputs).length).toBeLessThanOrEqual(5);
  });
});

describe("records that reach stream/invalidate", () => {
  const matches = compileFilters(filtersOf(ofTable[0]?.inputs ?? {}));

  const samples: Record<EntityName, Key> = {
    problem: keys.problem(7),
    problem_body: keys.problemBody(7),
    problem_key: keys.problemKey("baekjoon", "1000"),
    problem_runs: keys.problemRuns(7, 3),
    test_cases: keys.testCases(7),
    test_case: keys.testCase(7, 1),
    history: keys.history(3),
    history_detail: keys.historyDetail(3),
    feed_entry: keys.feedEntry({ kind: "public" }, 3),
    feed_counts: keys.feedCounter({ kind: "public" }, 3, 7),
    user: keys.user("ann"),
    user_stats: keys.userStats("ann"),
    user_problem: keys.userProblem("ann", 7),
    user_active: keys.userActive("2025-10-07", "ann"),
    problem_counter: keys.counter("problem"),
    counter: keys.counter("history"),
    format: keys.format(),
    invalidation_job: keys.invalidationJob("1"),
    probe: keys.probe(7),
    beat: keys.beat(),
    experiment: keys.experiment("problem_detail"),
  };

  describe.each(Object.entries(samples))("of %s", (entity, key) => {
    const Keys = marshall(key);
    const passes = entity === "probe" || (shownEntities as string[]).includes(entity);

    describe.each([
      ["named so", { entity: { S: entity } }],
      ["without a name", {}],
      ["of an unknown name", { entity: { S: "planet" } }],
    ])("%s", (_, name) => {
      const image = { ...Keys, ...name };
      test.each([
        ["INSERT", { NewImage: image }],
        ["MODIFY", { OldImage: image, NewImage: { ...image, changed: { N: "1" } } }],
        ["REMOVE", { OldImage: image }],
      ])(
        `%s: ${passes ? "passes" : "is dropped, no cached view shows it"}`,
        (eventName, images) => {
          expect(matches({ eventName, dynamodb: { Keys, ...images } })).toBe(passes);
        },
      );
    });
  });

  test("do not include items of other applications", () => {
    expect(matches({ dynamodb: { Keys: marshall({ pk: "PLANET#1", sk: "PLANET" }) } })).toBe(false);
  });

  test("include deletions by DynamoDB's time to live", () => {
    const userIdentity = { type: "Service", principalId: "dynamodb.amazonaws.com" };
    const dynamodb = { Keys: marshall(samples.problem) };
    expect(matches({ eventName: "REMOVE", userIdentity, dynamodb })).toBe(true);
  });
});

function filtersOf(inputs: Record<string, unknown>): Pattern[] {
  const { filters } = inputs["filterCriteria"] as { filters: { pattern: string }[] };
  return filters.map(({ pattern }) => JSON.parse(pattern) as Pattern);
}
