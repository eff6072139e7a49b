import { access, type FunctionFile } from "@algoitny/functions/deployment/access";
import { describe, expect, test } from "vitest";
import { fileOf, ofType, theOne } from "./support/graph.ts";
import { graphOf } from "./support/graphs.ts";
import { allowedTo, roleOf, statementsOf } from "./support/roles.ts";

const graph = graphOf("production");
const tableName = String(theOne(graph, "aws:dynamodb/table:Table").inputs["name"]);
const tableArn = `arn:aws:dynamodb:us-east-1:123456789012:table/${tableName}`;
const roles = ofType(graph, "aws:iam/role:Role");

const TABLE = /^arn:aws:dynamodb:[^*]+:table\/[^/*]+$/;
const STREAM = /^arn:aws:dynamodb:[^*]+:table\/[^/*]+\/stream\/[^/*]+$/;
const LOG = /^arn:aws:logs:[^*]+:log-group:\/aws\/lambda\/algoitny-production-[\w-]+:\*$/;
const REQUESTS = /^arn:aws:logs:[^*]+:log-group:\/aws\/lambda\/algoitny-production-http:\*$/;
const QUEUE = /^arn:aws:sqs:[^*]+-production-[\w-]+(\.fifo)?$/;

/** All actions that any role of this application may have, and the kind of their resource. */
const ALLOWED: Record<string, RegExp> = {
  "dynamodb:GetItem": TABLE,
  "dynamodb:BatchGetItem": TABLE,
  "dynamodb:Query": TABLE,
  "dynamodb:PutItem": TABLE,
  "dynamodb:UpdateItem": TABLE,
  "dynamodb:DeleteItem": TABLE,
  "dynamodb:BatchWriteItem": TABLE,
  "dynamodb:ConditionCheckItem": TABLE,
  "dynamodb:DescribeStream": STREAM,
  "dynamodb:GetRecords": STREAM,
  "dynamodb:GetShardIterator": STREAM,
  "dynamodb:ListStreams": STREAM,
  "logs:CreateLogStream": LOG,
  "logs:PutLogEvents": LOG,
  "logs:FilterLogEvents": REQUESTS,
  "lambda:InvokeFunction": /^arn:aws:lambda:[^*]+:algoitny-production-[\w-]+$/,
  // In AWS, metrics are not resources.
  "cloudwatch:GetMetricData": /^\*$/,
  "sqs:SendMessage": QUEUE,
  "sqs:ReceiveMessage": QUEUE,
  "sqs:DeleteMessage": QUEUE,
  "sqs:GetQueueAttributes": QUEUE,
};

describe.each(roles)("role $name", (role) => {
  test("has the listed actions, each on resources of its service", () => {
    for (const { Effect, Action, Resource } of statementsOf(role)) {
      expect(Effect).toBe("Allow");
      for (const action of Action) {
        expect(Object.keys(ALLOWED)).toContain(action);
        for (const arn of Resource) expect(arn).toMatch(ALLOWED[action] ?? /^$/);
      }
    }
  });

  test("can be assumed by one service, and has no policy but its own", () => {
    const { Statement } = role.inputs["assumeRolePolicy"] as { Statement: unknown[] };
    expect(Statement).toEqual([
      expect.objectContaining({
        Action: "sts:AssumeRole",
        Effect: "Allow",
        Principal: { Service: expect.stringMatching(/^(lambda|scheduler)\.amazonaws\.com$/) },
      }),
    ]);
    expect(role.inputs["managedPolicyArns"] ?? []).toEqual([]);
  });
});

describe("each function", () => {
  const files = Object.keys(access) as FunctionFile[];

  test("of the table of access is deployed once, and no other", () => {
    const built = graph.functions.map(({ handler }) => fileOf(handler));
    expect(built.toSorted()).toEqual(files.toSorted());
  });

  test.each(files)("%s may do to the table what its row allows, and nothing else", (file) => {
    const arn = arnOf(file);
    const granted = statementsOf(roleOf(graph, arn))
      .filter(({ Resource }) => Resource.includes(tableArn))
      .flatMap(({ Action }) => Action);
    expect(granted.toSorted()).toEqual(
      access[file].table.map((action) => `dynamodb:${action}`).toSorted(),
    );
  });

  test.each(files)("%s may write its own log or that of requests, and no other", (file) => {
    const role = roleOf(graph, arnOf(file));
    const group = file.startsWith("http/")
      ? "/aws/lambda/algoitny-production-http"
      : `/aws/lambda/${arnOf(file).split(":").at(-1)}`;
    for (const action of ["logs:CreateLogStream", "logs:PutLogEvents"])
      expect(allowedTo(role, action)).toEqual([
        `arn:aws:logs:us-east-1:123456789012:log-group:${group}:*`,
      ]);
    const groups = ofType(graph, "aws:cloudwatch/logGroup:LogGroup");
    expect(groups.map(({ inputs }) => inputs["name"])).toContain(group);
  });

  test.each(files)("%s may send to the queues of its row, and to no other", (file) => {
    const { sends = [], failuresTo = [] } = access[file];
    const wanted = [...sends, ...failuresTo].map((name) => {
      const { inputs } = theOne(graph, "aws:sqs/queue:Queue", `${name}Queue`);
      return `arn:aws:sqs:us-east-1:123456789012:${String(inputs["name"])}`;
    });
    const role = roleOf(graph, arnOf(file));
    expect(allowedTo(role, "sqs:SendMessage").toSorted()).toEqual(wanted.toSorted());
  });

  test("is linked to the issuer only if it handles requests, and to nothing if it only answers", () => {
    const linkedToIssuer = files.filter((file) => access[file].links.includes("Auth"));
    expect(linkedToIssuer.filter((file) => !file.startsWith("http/"))).toEqual([]);
    expect(access["http/health-live"].links).toEqual([]);
    expect(access["http/not-found"].links).toEqual([]);
  });

  test.each(files)("%s is linked to what its row lists", (file) => {
    const built = graph.functions.find(({ handler }) => fileOf(handler) === file);
    const { links, sends = [] } = access[file];
    expect(Object.keys(built?.links ?? {}).toSorted()).toEqual([...links, ...sends].toSorted());
  });
});

function arnOf(file: FunctionFile): string {
  const built = graph.functions.find(({ handler }) => fileOf(handler) === file);
  const resource = theOne(graph, "aws:lambda/function:Function", `${built?.id ?? file}Function`);
  return `arn:aws:lambda:us-east-1:123456789012:${String(resource.inputs["name"])}`;
}
