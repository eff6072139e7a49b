import { schedules } from "@algoitny/functions/deployment/schedules";
import { describe, expect, test } from "vitest";
import { ofType, theOne } from "./support/graph.ts";
import { graphOf } from "./support/graphs.ts";
import { allowedTo, roleOf, statementsOf } from "./support/roles.ts";
import { fileOfFunction } from "./support/deployed-routes.ts";

const graph = graphOf("production");
const missed = theOne(graph, "aws:sqs/queue:Queue", "MissedRunsQueue");
const missedArn = `arn:aws:sqs:us-east-1:123456789012:${String(missed.inputs["name"])}`;

test("the schedules are those of the table, and no others", () => {
  const names = ofType(graph, "aws:scheduler/schedule:Schedule").map(({ name }) => name);
  const wanted = Object.keys(schedules).map((name) => `${name}Schedule`);
  expect(names.toSorted()).toEqual(wanted.toSorted());
});

describe.each(Object.entries(schedules))("schedule %s", (name, { file, rate, event }) => {
  const { inputs } = theOne(graph, "aws:scheduler/schedule:Schedule", `${name}Schedule`);
  const target = inputs["target"] as Record<string, unknown>;

  test("runs its file at its rate with its event", () => {
    expect(inputs).toMatchObject({ scheduleExpression: rate, state: "ENABLED" });
    expect(fileOfFunction(graph, String(target["arn"]))).toBe(file);
    expect(JSON.parse(String(target["input"]))).toEqual(event);
  });

  test("after two more tries, puts a run that does not reach its function into the queue of missed runs", () => {
    expect(target).toMatchObject({
      retryPolicy: { maximumRetryAttempts: 2 },
      deadLetterConfig: { arn: missedArn },
    });
  });

  test("puts a run that fails in its function three times into that queue too, as its function is allowed to", () => {
    const failing = ofType(
      graph,
      "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig",
    ).filter(
      ({ inputs: { functionName } }) => fileOfFunction(graph, String(functionName)) === file,
    );
    expect(failing.map(({ inputs: config }) => config)).toEqual([
      expect.objectContaining({
        maximumRetryAttempts: 2,
        destinationConfig: { onFailure: { destination: missedArn } },
      }),
    ]);
    const role = roleOf(graph, String(target["arn"]));
    expect(allowedTo(role, "sqs:SendMessage")).toEqual([missedArn]);
  });

  test("may invoke its own function and send to that queue, nothing more", () => {
    const role = theOne(graph, "aws:iam/role:Role", `${name}Role`);
    expect(allowedTo(role, "lambda:InvokeFunction")).toEqual([target["arn"]]);
    expect(allowedTo(role, "sqs:SendMessage")).toEqual([missedArn]);
    expect(statementsOf(role)).toHaveLength(2);
  });
});
