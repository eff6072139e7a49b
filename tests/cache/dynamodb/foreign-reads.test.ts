import { createServer } from "node:http";
import { connect, createServer as createHttp2 } from "node:http2";
import type { AddressInfo, Server } from "node:net";
import { type CacheEvent, defineResource, type LoadReads, subscribe } from "@algoitny/cache";
import { recorder } from "@algoitny/cache/dynamodb";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, GetCommand } from "@aws-sdk/lib-dynamodb";
import DataLoader from "dataloader";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { fleet } from "../../support/test-cache.ts";
import { sdkClient } from "./sdk-client.ts";

const http = createServer((_, response) => response.end("{}"));
const http2 = createHttp2((_, response) => response.end("{}"));
const listen = (server: Server) =>
  new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
const urlOf = (server: Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
beforeAll(async () => {
  await Promise.all([listen(http), listen(http2)]);
  vi.stubEnv("NODE_ENV", "production");
});
afterAll(() => {
  http.close();
  http2.close();
  vi.unstubAllEnvs();
});

const get = (id: number) => new GetCommand({ TableName: "books", Key: { id } });
const { client } = sdkClient({
  GetItem: ({ Key }) => ({ Item: Key }),
  BatchGetItem: ({ RequestItems: { books } }) => ({ Responses: { books: books.Keys } }),
});
const dynamodb = recorder(client);

/** A request over HTTP/2. */
const askByHttp2 = () =>
  new Promise<void>((resolve, reject) => {
    const session = connect(urlOf(http2));
    const stream = session.request({ ":path": "/" }).on("error", reject);
    stream.on("end", () => session.close(resolve)).resume();
  });

/** Another client of the SDK, which is not recorded. */
const otherClient = () => {
  const other = new DynamoDBClient({
    endpoint: urlOf(http),
    region: "eu-west-1",
    credentials: { accessKeyId: "a", secretAccessKey: "b" },
  });
  return DynamoDBDocumentClient.from(other);
};

/** Runs a load that reads an item and then calls `beside`; `unrecorded` lists the requests that were not recorded. */
async function loading(beside: (reads: LoadReads) => Promise<unknown>) {
  const { cache } = fleet();
  const events: CacheEvent[] = [];
  const stop = subscribe((event) => events.push(event));
  const view = defineResource({
    name: "view",
    tags: "reads",
    ttl: "1 hour",
    load: async (_: void, __: void, { reads }) => {
      await dynamodb.for(reads).send(get(1));
      await beside(reads as LoadReads);
      return "loaded";
    },
  });
  const entry = await cache.getEntry(view);
  stop();
  const unrecorded = events.flatMap((event) => (event.type === "unrecorded" ? [event.what] : []));
  return { stored: entry.stored, unrecorded, tags: entry.tags };
}

test.for([
  ["a request by HTTP/2", askByHttp2, () => urlOf(http2)],
  ["another client of the SDK", () => otherClient().send(get(2)), () => urlOf(http)],
  [
    "another client's read after a pause",
    () => new Promise((resolve) => setTimeout(() => resolve(otherClient().send(get(2))), 1)),
    () => urlOf(http),
  ],
] as const)(
  "%s within a load is reported by its host, and the load's value is not stored",
  async ([, beside, url]) => {
    const { stored, unrecorded } = await loading(beside);
    expect(stored).toBe(false);
    expect(unrecorded.join()).toContain(new URL(url()).host);
  },
);

test("reads through a DataLoader that a load makes are recorded, key by key", async () => {
  const read = (reads: LoadReads) => {
    const books = new DataLoader((ids: readonly number[]) =>
      Promise.all(ids.map(async (id) => (await dynamodb.for(reads).send(get(id))).Item)),
    );
    return Promise.all([books.load(7), books.load(8), books.load(7)]);
  };
  const { stored, tags } = await loading(read);
  const alone = await loading(async () => undefined);
  expect([stored, alone.stored]).toEqual([true, true]);
  expect(tags.length - alone.tags.length).toBe(2);
});
