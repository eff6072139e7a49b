import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { PlannedRequest } from "@algoitny/ops/load/mix";
import { createSender } from "@algoitny/ops/load/sender";
import { expect, onTestFinished, test } from "vitest";

const LIST: PlannedRequest = { endpoint: "GET /api/problems/", path: "/api/problems/?page=1" };

/** A sender, and an API with the answers of `answer`. */
async function start(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const send = createSender({ url: `http://127.0.0.1:${port}`, token: "secret" });
  onTestFinished(() => {
    send[Symbol.dispose]();
    server.close();
  });
  return send;
}

test("an answer contains the cache's outcome, and whether a function gave it", async () => {
  const send = await start((request, response) => {
    if (request.headers.authorization !== "Bearer secret") {
      response.writeHead(401).end("{}");
      return;
    }
    response.setHeader("x-content-type-options", "nosniff");
    response.setHeader("server-timing", 'cache;desc="STALE";dur=1.2, db;desc="0 reads"');
    response.end("[]");
  });
  expect(await send(LIST)).toEqual({ status: 401, outcome: undefined, fromFunction: false });
  expect(await send({ ...LIST, signedIn: true })).toEqual({
    status: 200,
    outcome: "stale",
    fromFunction: true,
  });
});

test("a client that has a list sends its ETag; a first request has none", async () => {
  const seen: (string | undefined)[] = [];
  const send = await start((request, response) => {
    seen.push(request.headers["if-none-match"]);
    response.writeHead(200, { etag: '"a"' }).end("[]");
  });
  const again = { ...LIST, revalidates: true };
  for (const request of [again, again, LIST]) await send(request);
  expect(seen).toEqual([undefined, '"a"', undefined]);
});

test("a broken connection is counted as a fault by its code", async () => {
  const send = await start((request) => request.socket.destroy());
  expect(await send(LIST)).toEqual({ error: "ECONNRESET" });
});
