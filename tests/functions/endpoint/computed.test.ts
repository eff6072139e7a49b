import { readComputed } from "@algoitny/functions/endpoint/computed";
import { expect, test } from "vitest";

const json = '[{"title":"그래프"}]';
const headers = { "x-total-count": "1" };

test("an answer computed from held values is a hit, with an ETag of its content", async () => {
  const meter = { databaseCalls: 3 };
  const reading = await readComputed(async () => ({ json, headers }), meter);
  expect(reading).toMatchObject({
    status: "hit",
    detail: undefined,
    stored: false,
    entry: { body: json, header: { headers, status: 200, plainLength: Buffer.byteLength(json) } },
  });
  const same = await readComputed(async () => ({ json, headers }), meter);
  const other = await readComputed(async () => ({ json: "[]", headers }), meter);
  const tags = [reading, same, other].map(({ entry }) => entry.header.etag);
  expect([tags[0] === tags[1], tags[0] === tags[2]]).toEqual([true, false]);
});

test("an answer that reads the database is a miss, with the time of the load", async () => {
  const meter = { databaseCalls: 0 };
  const make = async () => {
    meter.databaseCalls += 1;
    return { json, headers };
  };
  expect(await readComputed(make, meter)).toMatchObject({
    status: "miss",
    detail: "not-stored",
    storeMs: 0,
    loadMs: expect.any(Number) as number,
  });
});

test("a failed computation is an error of its own request only", async () => {
  const failing = async () => Promise.reject(new Error("no database"));
  await expect(readComputed(failing, { databaseCalls: 0 })).rejects.toThrow("no database");
});
