import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { createClient, createDatabase } from "@algoitny/core/table/database";
import { tableDefinition, TTL_ATTRIBUTE } from "@algoitny/core/table/definition";
import { keys } from "@algoitny/core/table/keys";
import { createTable, withoutStream } from "@algoitny/local/dynamodb/local-table";
import { startDynamoDb } from "@algoitny/local/dynamodb/start-dynamodb";
import { connectStream } from "@algoitny/local/streams/stream-source";
import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { expect, onTestFinished, test } from "vitest";

const table = "kept";
const definition = { ...tableDefinition, TableName: table };

/** Opens the engine over a folder. */
async function opened(dataDir: string) {
  const engine = await startDynamoDb({ engine: "embedded", dataDir });
  const { endpoint } = engine;
  await createTable(endpoint, definition, { ttlAttribute: TTL_ATTRIBUTE });
  const client = createClient(endpoint);
  const put = async (id: number) => {
    const Item = { ...keys.problem(id), id };
    await createDatabase({ tableName: table, client }).send(
      new PutCommand({ TableName: table, Item }),
    );
  };
  const recorded = async () => {
    const source = await connectStream(endpoint, table);
    const [shard] = await source.shards();
    const iterator = await source.iterator(shard?.id ?? "", "TRIM_HORIZON");
    const { records } = await source.read(iterator ?? "");
    source.close();
    return records.map(({ dynamodb }) => dynamodb?.Keys?.["sk"]?.S);
  };
  const renew = () =>
    withoutStream({ endpoint, table }, tableDefinition.StreamSpecification, async () => {});
  const close = async () => {
    client.destroy();
    await engine.close();
  };
  return { put, recorded, renew, [Symbol.asyncDispose]: close };
}

test("a stream that was switched on anew shows no record of an earlier one after a restart, and every record of its own", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "earlier-stream-"));
  onTestFinished(() => rm(dataDir, { recursive: true }));
  {
    await using engine = await opened(dataDir);
    await engine.put(1);
  }
  {
    await using engine = await opened(dataDir);
    expect(await engine.recorded()).toEqual([keys.problem(1).sk]);
    await engine.renew();
  }
  using file = new DatabaseSync(join(dataDir, "dynoxide.db"));
  // A record as old as the stream, to the second, may belong to the stream.
  file.exec("UPDATE _stream_records SET created_at = created_at - 60");
  {
    await using engine = await opened(dataDir);
    await engine.put(2);
    expect(await engine.recorded()).toEqual([keys.problem(2).sk]);
  }
});
