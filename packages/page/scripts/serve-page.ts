import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { writePage } from "../src/build-page.ts";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
};

export interface ServedPage {
  /** The page's address, with a token that the generated API accepts. */
  address: string;
  close: () => Promise<void>;
}

/** Builds the page and serves it with an API of generated answers: `answerOf` returns the answer for a path after `/api/ops/`. */
export async function servePage(answerOf: (path: string) => object): Promise<ServedPage> {
  const folder = await mkdtemp(join(tmpdir(), "served-page-"));
  await writePage(folder);
  const server = createServer((request, response) => {
    const { url = "/" } = request;
    const [, asked] = /^\/api\/ops\/(.*)/.exec(url) ?? [];
    if (asked !== undefined) {
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify(answerOf(asked)));
      return;
    }
    const name = url.replace(/^\/ops\/|[?#].*/g, "") || "index.html";
    response.setHeader("content-type", TYPES[extname(name)] ?? "text/plain");
    void readFile(join(folder, name)).then(
      (body) => response.end(body),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/ops/#token=x`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => void server.close(resolve));
      await rm(folder, { recursive: true });
    },
  };
}
