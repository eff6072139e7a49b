import { localLinks } from "@algoitny/local/linked-services";
import { startRuntime, type Runtime } from "@algoitny/local/invoke";
import { functionEnvironment } from "@algoitny/local/runtime/environment";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestTable, testTable } from "../../support/dynamodb.ts";
import { type TestUpstash, testUpstash } from "../../support/test-upstash.ts";
import { httpEvent } from "../support/http-events.ts";

let upstash: TestUpstash;
let table: TestTable;
let functions: Runtime;

/** Links of a deployment without queues. */
beforeAll(async () => {
  [upstash, table] = await Promise.all([testUpstash(), testTable()]);
  const links = localLinks({
    issuerUrl: "http://127.0.0.1:1",
    table: table.db.tableName,
    redis: upstash,
    queueUrls: {},
  });
  functions = startRuntime({
    env: functionEnvironment(links, { dynamodb: table.endpoint }),
    watched: [],
  });
});
afterAll(async () => {
  await functions.close();
  await table[Symbol.asyncDispose]();
  await upstash.close();
});

interface Answer {
  statusCode: number;
  headers: Record<string, string>;
  body: string;
}

const claims = { sub: "admin", is_admin: true };
const invalidate = (body: object) =>
  functions.invoke(
    "http/ops-invalidate",
    httpEvent({ method: "POST", body: JSON.stringify(body), claims }),
  ) as Promise<Answer>;
const list = async () => {
  const { headers } = (await functions.invoke("http/list-problems", httpEvent())) as Answer;
  return headers["server-timing"];
};

test("without a linked queue, the first reader after a soft invalidation waits for the load", async () => {
  await list();
  expect(await list()).toContain("HIT");
  await invalidate({ tags: ["problem_list_all"], soft: true });
  expect(await list()).toContain("MISS");
  expect(await list()).toContain("HIT");
});

test("without a linked queue, an unreadable stream record clears the cache at once", async () => {
  await list();
  expect(await list()).toContain("HIT");
  const Keys = { pk: { S: "USER#ann" }, sk: { S: "STATS" } };
  const NewImage = { ...Keys, sub: { BOOL: true } };
  const eventSourceARN = `arn:aws:dynamodb:::table/${table.db.tableName}/stream/1`;
  const event = {
    Records: [{ eventSourceARN, dynamodb: { SequenceNumber: "1", Keys, NewImage } }],
  };
  expect(await functions.invoke("stream/invalidate", event)).toEqual({ batchItemFailures: [] });
  expect(await list()).toContain("MISS");
});

test("without a linked queue, an asynchronous invalidation is refused instead of lost", async () => {
  const answer = await invalidate({ problem_id: 1, async: true });
  expect(answer.statusCode).toBe(500);
  expect((await invalidate({ problem_id: 1 })).statusCode).toBe(200);
});
