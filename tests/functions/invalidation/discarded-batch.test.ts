import { createServer } from "node:http";
import { readDiscardedBatch } from "@algoitny/functions/invalidation/discarded-batch";
import { afterAll, beforeAll, expect, test, vi } from "vitest";

/** Answers of the Streams API: a shard that ends after these records. */
const ANSWERS: Record<string, unknown> = {
  "DynamoDBStreams_20120810.GetShardIterator": { ShardIterator: "first" },
  "DynamoDBStreams_20120810.GetRecords": {
    Records: ["9", "10", "11"].map((SequenceNumber) => ({
      eventName: "MODIFY",
      dynamodb: { SequenceNumber },
    })),
  },
};

const server = createServer((request, response) => {
  request.resume();
  const operation = String(request.headers["x-amz-target"]);
  response.setHeader("content-type", "application/x-amz-json-1.0");
  response.end(JSON.stringify(ANSWERS[operation]));
});

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  vi.stubEnv("AWS_ENDPOINT_URL_DYNAMODB_STREAMS", `http://127.0.0.1:${port}`);
  vi.stubEnv("AWS_REGION", "us-east-1");
  vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");
});

afterAll(() => {
  vi.unstubAllEnvs();
  server.close();
});

const batchTo = (endSequenceNumber: string) => ({
  DDBStreamBatchInfo: {
    streamArn: "arn:aws:dynamodb:us-east-1:1:table/t/stream/s",
    shardId: "shardId-1",
    startSequenceNumber: "9",
    endSequenceNumber,
  },
});

test("the records of a batch are read again up to its last one, whose sequence number has more digits than the first one's", async () => {
  const records = await readDiscardedBatch(batchTo("10"), () => 60_000);
  expect(records).toEqual(
    ["9", "10"].map((SequenceNumber) => ({ eventName: "MODIFY", dynamodb: { SequenceNumber } })),
  );
});

test("a batch whose last record is no longer in the stream is refused", async () => {
  await expect(readDiscardedBatch(batchTo("12"), () => 60_000)).rejects.toThrow(
    "the stream did not show record 12 again",
  );
});
