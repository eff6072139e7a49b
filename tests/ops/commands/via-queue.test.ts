import os from "node:os";
import { invalidate } from "@algoitny/ops/commands/deeds";
import { EXIT, runOps } from "@algoitny/ops/commands/run-ops";
import { InvalidationRequest } from "@algoitny/functions/invalidation/manual-invalidation";
import { type Queues, startQueues } from "@algoitny/local/queues/start-queues";
import { afterAll, beforeAll, expect, test } from "vitest";

const times = { fifo: false, visibilityTimeoutSeconds: 30, retentionSeconds: 3_600 };
const NAME = "algoitny-production-InvalidationRequestsQueue-abcdef";

let queues: Queues;
beforeAll(async () => {
  queues = await startQueues({
    table: { [NAME]: times, "algoitny-alice-InvalidationRequests": times },
  });
});
afterAll(() => queues.close());

async function run(args: string[], env: Record<string, string> = {}) {
  const lines: string[] = [];
  const code = await runOps(
    { invalidate },
    ["invalidate", ...args, "--url", "https://api.example.com"],
    {
      env: {
        AWS_ACCESS_KEY_ID: "AKID",
        AWS_SECRET_ACCESS_KEY: "secret",
        AWS_REGION: "eu-west-1",
        AWS_ENDPOINT_URL_SQS: queues.endpoint,
        XDG_STATE_HOME: os.tmpdir(),
        ...env,
      },
      folder: os.tmpdir(),
      print: (text) => lines.push(text),
      note: (line) => lines.push(line),
      ask: undefined,
      nextRound: async () => false,
    },
  );
  return { code, lines: lines.join("\n") };
}

const asked = ["--problem", "7", "--soft", "--via", "queue"];

test("after a confirmation, a request is sent to the stage's queue, in the fields that its consumer reads", async () => {
  expect((await run([...asked, "--stage", "production"])).code).toBe(EXIT.usage);
  expect(queues.queue(NAME).messages()).toEqual([]);
  const { code, lines } = await run([...asked, "--stage", "production", "--yes"]);
  expect(code).toBe(EXIT.fine);
  expect(lines).toMatch(/in the queue, as the job [\w-]+$/);
  const [message] = queues.queue(NAME).messages();
  expect(InvalidationRequest.parse(JSON.parse(message?.body ?? ""))).toMatchObject({
    problem_id: 7,
    soft: true,
  });
});

test.each([
  ["without credentials", ["--stage", "alice"], { AWS_ACCESS_KEY_ID: "" }, "AWS credentials"],
  ["to a stage that has no queue", ["--stage", "bob"], {}, "0 queues begin with algoitny-bob-"],
  ["as a dry run", ["--stage", "alice", "--dry-run"], {}, "leave out --async and --dry-run"],
])("no request is sent %s", async (_, flags, env, words) => {
  const { code, lines } = await run([...asked, ...flags, "--yes"], env);
  expect({ code, sent: queues.queue("algoitny-alice-InvalidationRequests").messages() }).toEqual({
    code: EXIT.usage,
    sent: [],
  });
  expect(lines).toContain(words);
});
