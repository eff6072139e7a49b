import { createServer, type IncomingHttpHeaders } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { createSendMessage } from "@algoitny/functions/sqs";
import { type Queues, startQueues } from "@algoitny/local/queues/start-queues";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const env = {
  AWS_ACCESS_KEY_ID: "AKID",
  AWS_SECRET_ACCESS_KEY: "secret",
  AWS_SESSION_TOKEN: "session",
  AWS_REGION: "eu-west-1",
};

let queues: Queues;
const times = { visibilityTimeoutSeconds: 30, retentionSeconds: 3_600 };

beforeAll(async () => {
  queues = await startQueues({
    table: { Plain: { fifo: false, ...times }, Ordered: { fifo: true, ...times } },
  });
});
afterAll(() => queues.close());

/** A server that answers with the statuses in turn, and records its requests. */
async function server(...statuses: number[]) {
  const seen: { headers: IncomingHttpHeaders; path: string | undefined; body: string }[] = [];
  const http = createServer((request, response) => {
    const { headers, url: path } = request;
    void text(request).then((body) => {
      const status = statuses[seen.length] ?? 200;
      seen.push({ headers, path, body });
      return response.writeHead(status).end('{"__type":"com.amazonaws.sqs#AccessDenied"}');
    });
  });
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  const { port } = http.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/000000000000/Queue`,
    seen,
    [Symbol.asyncDispose]: async () => void (await once(http.close(), "close")),
  };
}

describe("a message", () => {
  test("arrives in its queue unchanged, with the ids of a FIFO queue", async () => {
    const send = createSendMessage(env);
    const body = JSON.stringify({ text: "ü \n 😀" });
    await send({ url: queues.urls["Plain"] ?? "", body });
    const ids = { groupId: "g", deduplicationId: "d" };
    await send({ url: queues.urls["Ordered"] ?? "", body, ...ids });
    await send({ url: queues.urls["Ordered"] ?? "", body: "again", ...ids });
    expect(queues.queue("Plain").messages()).toMatchObject([{ body }]);
    expect(queues.queue("Ordered").messages()).toMatchObject([{ body, ...ids }]);
  });

  test("is signed for SQS, with the function's own credentials and region", async () => {
    await using http = await server();
    await createSendMessage(env)({ url: http.url, body: "x" });
    const [{ headers, path } = { headers: {}, path: "" }] = http.seen;
    expect(path).toBe("/");
    expect(headers["authorization"]).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKID\/\d{8}\/eu-west-1\/sqs\/aws4_request, SignedHeaders=.*host;.*x-amz-target/,
    );
    expect(headers).toMatchObject({
      "x-amz-security-token": "session",
      "x-amz-target": "AmazonSQS.SendMessage",
      "content-type": "application/x-amz-json-1.0",
    });
  });

  test("is sent again once after an error of the service", async () => {
    await using http = await server(500, 200);
    await createSendMessage(env)({ url: http.url, body: "x" });
    expect(http.seen).toHaveLength(2);
  });

  test("is rejected with SQS's reason when the queue refuses it", async () => {
    await using http = await server(403);
    const send = createSendMessage(env);
    await expect(send({ url: http.url, body: "x" })).rejects.toThrow(/403.*AccessDenied/);
    await expect(send({ url: `${queues.urls["Plain"]}2`, body: "x" })).rejects.toThrow(
      /400.*QueueDoesNotExist/,
    );
  });
});
