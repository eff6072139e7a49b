import { timetable } from "@algoitny/core/timetable";
import { type Queue, queues } from "@algoitny/functions/deployment/queues";
import { routes } from "@algoitny/functions/deployment/routes";
import {
  alarmText,
  type FindingId,
  findingTexts,
} from "@algoitny/functions/findings/finding-texts";
import { metrics, NAMESPACE, SUBJECTS } from "@algoitny/functions/telemetry/metrics";
import { fixedCosts } from "@algoitny/ops/cost/fixed";
import { pricesIn, REGIONS } from "@algoitny/functions/cost/prices";
import { describe, expect, test } from "vitest";
import { type Inputs, ofType, theOne } from "./support/graph.ts";
import { graphOf } from "./support/graphs.ts";

const graph = graphOf("production");
const alarms = ofType(graph, "aws:cloudwatch/metricAlarm:MetricAlarm");
const topic = theOne(graph, "aws:sns/topic:Topic");

interface Query {
  id: string;
  expression?: string;
  metric?: { namespace: string; metricName: string; dimensions: Record<string, string> };
  returnData: boolean;
}
const queriesOf = (inputs: Inputs) => inputs["metricQueries"] as Query[];

/** Dimensions of the alarms that watch a metric. */
const watchers = (metricName: string) =>
  alarms
    .flatMap(({ inputs }) => queriesOf(inputs))
    .flatMap(({ metric }) => (metric?.metricName === metricName ? [metric.dimensions] : []));

/** Alarms without a finding: on the gateway and queues, on one endpoint's times, and on an experiment that ended by a rail. */
const WITHOUT_FINDING = /(?:Slow|GatewayErrors|Waiting|ExperimentStopped)$/;
const queueAlarms = Object.keys(queues).map((name) => `${name}Late`);

describe("alarms in production", () => {
  test("describe a finding, except those on the gateway, on queues, on slow endpoints and on stopped experiments", () => {
    const ids = Object.keys(findingTexts) as FindingId[];
    const others = alarms.filter(({ inputs }) =>
      ids.every((id) => !String(inputs["alarmDescription"]).includes(alarmText(id))),
    );
    const names = others.map(({ name }) => name).filter((name) => !WITHOUT_FINDING.test(name));
    expect(names.toSorted()).toEqual(queueAlarms.filter((name) => names.includes(name)).toSorted());
  });

  test("watch errors and the slowest of each route", () => {
    for (const endpoint of Object.keys(routes)) {
      const dimensions = { service: "algoitny-production", endpoint };
      expect(watchers("Errors")).toContainEqual(dimensions);
      expect(watchers("DurationMs")).toContainEqual(dimensions);
    }
  });

  test("have different names, without which Pulumi refuses the deployment", () => {
    const names = alarms.map(({ name }) => name);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  test("watch the stream's delay, the hit rate, the breaker and the gateway", () => {
    expect(watchers("IteratorAge")).toEqual([
      { FunctionName: "algoitny-production-stream-invalidate" },
    ]);
    for (const metric of ["Misses", "BreakerOpenings", "5xx"]) {
      expect(watchers(metric)).toHaveLength(1);
    }
  });

  test("watch every dead-letter queue, whose messages wait for an operator", () => {
    const waiting = Object.entries<Queue>(queues).filter(([, { consumer }]) => !consumer);
    const names = waiting.map(([name]) => {
      const { inputs } = theOne(graph, "aws:sqs/queue:Queue", `${name}Queue`);
      return { QueueName: inputs["name"] };
    });
    const watched = watchers("ApproximateNumberOfMessagesVisible");
    expect(watched).toHaveLength(names.length);
    expect(watched).toEqual(expect.arrayContaining(names));
  });

  test("watch every other queue for messages that no consumer receives, before SQS stops counting their age", () => {
    const consumed = Object.entries<Queue>(queues).filter(([, { consumer }]) => consumer);
    for (const [name, { visibilityTimeoutSeconds, deadLetters }] of consumed) {
      const { inputs } = theOne(graph, "aws:cloudwatch/metricAlarm:MetricAlarm", `${name}Late`);
      expect(queriesOf(inputs)[0]?.metric).toMatchObject({
        metricName: "ApproximateAgeOfOldestMessage",
        dimensions: {
          QueueName: theOne(graph, "aws:sqs/queue:Queue", `${name}Queue`).inputs["name"],
        },
      });
      // From its third receive on, SQS no longer counts a message; a message that was discarded by then is in a watched
      // queue.
      const thirdTimeSeconds = 2 * visibilityTimeoutSeconds;
      const isGivenUpFirst = (deadLetters?.maxReceives ?? Infinity) <= 3;
      expect(isGivenUpFirst || Number(inputs["threshold"]) < thirdTimeSeconds).toBe(true);
    }
  });

  test("cost as much as npm run cost shows, by the metrics that they use", () => {
    const named = alarms.flatMap(({ inputs }) => queriesOf(inputs).filter(({ metric }) => metric));
    for (const region of REGIONS) {
      const price = named.length * pricesIn(region).alarmMetricMonth;
      expect(fixedCosts(region).alarms).toBeCloseTo(price, 10);
    }
  });

  test("watch that every plan runs and warms all of its entries", () => {
    for (const plan of Object.values(timetable).flatMap(({ plans }) => plans)) {
      expect(watchers("WarmingLeft")).toContainEqual({ service: "algoitny-production", plan });
    }
    const warming = alarms.filter(({ name }) => name.startsWith("Warming"));
    for (const { inputs } of warming) expect(inputs["treatMissingData"]).toBe("breaching");
  });

  test.each(alarms)(
    "$name evaluates one value, describes the fault and notifies the topic",
    ({ inputs }) => {
      expect(queriesOf(inputs).filter(({ returnData }) => returnData)).toHaveLength(1);
      expect(inputs["name"]).toMatch(/^algoitny-production-\w+$/);
      expect(String(inputs["alarmDescription"])).toMatch(/^\w.*\.$/);
      expect(inputs["alarmActions"]).toEqual([
        expect.stringContaining(String(topic.inputs["name"])),
      ]);
    },
  );

  test.each(alarms)("$name refers only to functions, metrics and ids that exist", ({ inputs }) => {
    const queries = queriesOf(inputs);
    const known: Record<string, readonly unknown[]> = {
      [NAMESPACE]: Object.keys(metrics),
      "AWS/Lambda": ofType(graph, "aws:lambda/function:Function").map(
        (each) => each.inputs["name"],
      ),
    };
    const named = queries.flatMap(({ metric }) => {
      if (!metric || !(metric.namespace in known)) return [];
      const name = metric.dimensions["FunctionName"] ?? metric.metricName;
      return known[metric.namespace]?.includes(name) ? [] : [name];
    });
    expect(named).toEqual([]);
    const used = queries.flatMap(({ expression }) => expression?.match(/\b[a-z]\w*\b/g) ?? []);
    expect(queries.map(({ id }) => id)).toEqual(expect.arrayContaining(used));
  });

  test("go to the configured address", () => {
    const { inputs } = theOne(graph, "aws:sns/topicSubscription:TopicSubscription");
    expect(inputs).toMatchObject({ protocol: "email", endpoint: "ops@example.com" });
  });
});

describe("the dashboard", () => {
  const { inputs } = theOne(graph, "aws:cloudwatch/dashboard:Dashboard");
  const body = String(inputs["dashboardBody"]);
  const { widgets } = JSON.parse(body) as { widgets: { properties: { title: string } }[] };

  test("shows the hit rate and then every metric that functions publish", () => {
    expect(widgets.map(({ properties }) => properties.title.split(" (")[0])).toEqual([
      "Hit rate",
      ...Object.keys(metrics),
    ]);
  });

  test("selects them by the dimensions that they are published with", () => {
    for (const subject of SUBJECTS) {
      expect(body).toContain(`SEARCH('{AlgoItny,service,${subject}} service=`);
    }
  });
});

test("a personal stage has neither alarms nor a dashboard", () => {
  const personal = graphOf("personal");
  expect(ofType(personal, "aws:cloudwatch/metricAlarm:MetricAlarm")).toEqual([]);
  expect(ofType(personal, "aws:cloudwatch/dashboard:Dashboard")).toEqual([]);
  expect(ofType(personal, "aws:sns/topic:Topic")).toEqual([]);
});
