import { describe, expect, test } from "vitest";
import { STAGE_NAME_LIMIT } from "../../stacks/stage-name.ts";
import { ofType } from "./support/graph.ts";
import { graphOf } from "./support/graphs.ts";

/**
 * Longest names by type of resource, and the property that has the name.
 * Sources: the services' API references, `Name` or `…Name` of the action that creates one.
 */
const LIMITS: Record<string, readonly [property: string, limit: number]> = {
  "aws:apigatewayv2/api:Api": ["name", 128],
  "aws:apigatewayv2/authorizer:Authorizer": ["name", 128],
  "aws:apigatewayv2/stage:Stage": ["name", 128],
  "aws:cloudwatch/dashboard:Dashboard": ["dashboardName", 255],
  "aws:cloudwatch/logGroup:LogGroup": ["name", 512],
  "aws:cloudwatch/metricAlarm:MetricAlarm": ["name", 255],
  "aws:cognito/userGroup:UserGroup": ["name", 128],
  "aws:cognito/userPool:UserPool": ["name", 128],
  "aws:cognito/userPoolClient:UserPoolClient": ["name", 128],
  "aws:dynamodb/table:Table": ["name", 255],
  "aws:iam/role:Role": ["name", 64],
  "aws:lambda/function:Function": ["name", 64],
  "aws:route53/record:Record": ["name", 255],
  "aws:scheduler/schedule:Schedule": ["name", 64],
  "aws:sns/topic:Topic": ["name", 256],
  "aws:sqs/queue:Queue": ["name", 80],
};

describe.each(["production", "personal", "bare"] as const)("every name of %s", (stage) => {
  const graph = graphOf(stage);

  test.each(Object.entries(LIMITS))("of %s is within AWS's limit", (type, [property, limit]) => {
    const names = ofType(graph, type).flatMap(({ inputs }) => {
      const name = inputs[property];
      return typeof name === "string" ? [name] : [];
    });
    expect(names.filter((name) => name.length > limit)).toEqual([]);
  });

  test("that a deployment sets has its limit in this table", () => {
    const named = graph.resources.filter(
      ({ type, inputs }) => type.startsWith("aws:") && typeof inputs["name"] === "string",
    );
    const types = [...new Set(named.map(({ type }) => type))];
    expect(types.filter((type) => !(type in LIMITS))).toEqual([]);
  });
});

test("a personal stage with the longest allowed name is among them", () => {
  expect(graphOf("personal").app.stage).toHaveLength(STAGE_NAME_LIMIT);
});
