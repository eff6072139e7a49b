import { defineResource } from "@algoitny/cache";
import { recorder, streamHandler } from "@algoitny/cache/dynamodb";
import { DynamoDBDocumentClient, GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import { expect, test } from "vitest";
import { holdStore } from "../../support/held-store.ts";
import { fleet } from "../../support/test-cache.ts";
import { sdkClient } from "./sdk-client.ts";

const TableName = "books";
const Key = { id: 1 };

/** A writing and a reading process over one store and a table of one item; the store can refuse or hold the writer's requests. */
async function twoProcesses() {
  let item = { id: 1, title: "old" };
  const { client } = sdkClient({
    GetItem: () => ({ Item: item }),
    PutItem: ({ Item }) => {
      const Attributes = item;
      item = Item;
      return { Attributes };
    },
  });
  const { store, instance, cache: reader } = fleet();
  const held = holdStore(store);
  let isRefused = false;
  const writer = instance({
    store: {
      ...held.store,
      delete: (keys) => (isRefused ? Promise.reject(new Error("OOM")) : held.store.delete(keys)),
    },
  });
  const dynamodb = recorder(client, { keys: { [TableName]: ["id"] } });
  const title = defineResource({
    name: "title",
    tags: "reads",
    ttl: "1 hour",
    load: async (_: void, __: void, { reads }) => {
      const { Item } = await dynamodb.for(reads).send(new GetCommand({ TableName, Key }));
      return Item?.["title"] as string;
    },
  });
  expect([await reader.get(title), await writer.get(title)]).toEqual(["old", "old"]);
  return {
    ...held,
    dynamodb,
    refuse: (is: boolean) => (isRefused = is),
    writer,
    read: (who: "writer" | "reader") => (who === "writer" ? writer : reader).get(title),
    put: (db: DynamoDBDocumentClient) =>
      db.send(new PutCommand({ TableName, Item: { id: 1, title: "new" } })),
    stream: () =>
      streamHandler(reader)({
        Records: [
          {
            eventName: "MODIFY",
            eventSourceARN: `arn:aws:dynamodb:eu-west-1:1:table/${TableName}/stream/1`,
            dynamodb: {
              Keys: { id: { N: "1" } },
              OldImage: { id: { N: "1" }, title: { S: "old" } },
              NewImage: { id: { N: "1" }, title: { S: "new" } },
            },
          },
        ],
      }),
  };
}

test("when a writer dies between its write and the invalidation, the stream invalidates", async () => {
  const { holdRequest, dynamodb, writer, put, read, stream } = await twoProcesses();
  const { reached } = holdRequest("delete");
  void put(dynamodb.writing(writer));
  await reached;
  expect(await read("reader")).toBe("old");
  await stream();
  expect(await read("reader")).toBe("new");
});

test("a guarded writer that dies after its write leaves no old value behind, even without the stream", async () => {
  const { holdRequest, dynamodb, writer, put, read } = await twoProcesses();
  const { reached } = holdRequest("end");
  void put(dynamodb.writing(writer, { guarded: true }));
  await reached;
  expect(await read("reader")).toBe("new");
});

test("a write succeeds when the store refuses its invalidation: its process shows no old value from then on, others do until the stream's invalidation", async () => {
  const { dynamodb, writer, put, read, stream, refuse } = await twoProcesses();
  refuse(true);
  await put(dynamodb.writing(writer));
  expect([await read("writer"), await read("reader")]).toEqual(["new", "old"]);
  refuse(false);
  await stream();
  expect(await read("reader")).toBe("new");
});

test("a repeated mutation that has nothing left to write invalidates what the first try could not", async () => {
  const { dynamodb, writer, put, read, refuse } = await twoProcesses();
  const rename = () =>
    dynamodb.mutation(writer, async (db) => {
      const { Item } = await db.send(new GetCommand({ TableName, Key }));
      if (Item?.["title"] !== "new") await put(db);
    });
  refuse(true);
  await rename();
  expect(await read("reader")).toBe("old");
  refuse(false);
  await rename();
  expect(await read("reader")).toBe("new");
});
