import path from "node:path";
import { access, type FunctionFile } from "@algoitny/functions/deployment/access";
import type { QueueName } from "@algoitny/functions/deployment/queues";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readMetafile } from "./support/sst-bundle.ts";
import type { Container } from "./support/container.ts";
import { builtOf, type Deployment, deploy } from "./support/deployment.ts";
import { theOne } from "./support/graph.ts";
import { graphOf } from "./support/graphs.ts";
import { useEverything } from "./support/api-scenario.ts";

const graph = graphOf("production");
const files = Object.keys(access) as FunctionFile[];
const sendingTo = (queue: QueueName) =>
  `sqs:SendMessage ${String(theOne(graph, "aws:sqs/queue:Queue", `${queue}Queue`).inputs["name"])}`;
/** The limit only stops a test that hangs: on a busy machine the scenario takes minutes. */
const PATIENCE_MS = 600_000;
let deployment: Deployment;

beforeAll(async () => {
  deployment = await deploy(graph);
}, PATIENCE_MS);
afterAll(() => deployment[Symbol.asyncDispose]());

describe("deployed bundles, each with its own links and permissions", () => {
  test(
    "serve the whole API, its stream, queues and schedules without a denied request",
    async () => {
      await useEverything(deployment);
      expect(deployment.output()).not.toMatch(/AccessDenied|not authorized|is not linked/);
    },
    PATIENCE_MS,
  );

  test.each(files)("%s has answered, and has used every permission that it has", (file) => {
    expect(deployment.container(file).answers()).toBeGreaterThan(0);
    const { table, sends = [], readsStream, readsMetrics, readsRequests } = access[file];
    const granted = [
      ...table.map((action) => `dynamodb:${action}`),
      ...(readsStream ? ["dynamodb:GetShardIterator", "dynamodb:GetRecords"] : []),
      ...(readsRequests ? ["logs:FilterLogEvents"] : []),
      ...(readsMetrics ? ["cloudwatch:GetMetricData"] : []),
      ...sends.map(sendingTo),
    ];
    expect(deployment.used(file)).toEqual(granted.toSorted());
  });

  test.each(files)("%s has read every link that it has", (file) => {
    const { links, sends = [] } = access[file];
    const linked = [...links, ...sends].toSorted();
    expect(deployment.container(file).links().toSorted()).toEqual(linked);
  });

  const uncounted: readonly FunctionFile[] = [
    "http/not-found",
    "http/ops-page",
    "http/ops-sign-in",
  ];

  test.each(files.filter((file) => !uncounted.includes(file)))(
    "%s publishes its cold start, the start's duration and its memory",
    (file) => {
      const output = deployment.container(file).output();
      expect(output).toMatch(/"ColdStarts":1,"InitMs":[\d.]+,"MemoryMb":[\d.]+/);
    },
  );

  // Without the link the function would refresh stale entries itself: nothing fails, but readers wait.
  test("every function that reads through the cache sends its stale entries to the queue of refreshes", () => {
    const readers = files.filter((file) =>
      /"(Hits|StaleHits|Misses)":/.test(deployment.container(file).output()),
    );
    const refreshers = files.filter((file) =>
      deployment.used(file).includes(sendingTo("Refreshes")),
    );
    expect(refreshers).toEqual(readers);
    expect(readers).toContain("http/list-problems");
  });
});

describe("background functions", () => {
  const loading = files.filter(
    (file) => !file.startsWith("http/") && access[file].table.length > 0,
  );

  test.each(loading)("%s publishes its requests to DynamoDB", (file) => {
    expect(deployment.container(file).output()).toMatch(/"DatabaseReads":[1-9]/);
  });
});

describe("a new container", () => {
  const cached = ["http/list-problems", "http/get-problem", "http/list-history"];

  test.each(cached)("of %s answers a hit without ever loading the AWS SDK", async (file) => {
    const event = deployment.recorded(file);
    const statusBy = async (container: Container) => {
      const { headers } = (await container.invoke(event)) as { headers: Record<string, string> };
      return headers["cache-status"];
    };
    // The queues may contain work of the scenario that invalidates an entry again.
    await expect.poll(() => statusBy(deployment.container(file))).toMatch(/; ?hit/);
    const container = deployment.freshContainer(file);
    expect(await statusBy(container)).toMatch(/; ?hit/);
    expect(sourcesOf(file, container.loaded()).filter((source) => SDK.test(source))).toEqual([]);
  });
});

const SDK = /node_modules\/(@aws-sdk|@smithy)\//;

/** The sources of the files that a container has loaded. */
function sourcesOf(file: string, loaded: readonly string[]): string[] {
  const { outputs } = readMetafile(builtOf(graph, file).folder);
  return Object.entries(outputs)
    .filter(([output]) => loaded.includes(path.basename(output)))
    .flatMap(([, { inputs }]) => Object.keys(inputs));
}
