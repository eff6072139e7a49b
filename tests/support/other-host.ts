import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll } from "vitest";

/** A host that no tag covers, and that answers every request with `1`. Its name, with the port, exists during tests. */
export function otherHost(): { readonly name: string } {
  const host = { name: "" };
  const server = createServer((_, response) => response.end("1"));
  beforeAll(async () => {
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    host.name = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => server.close());
  return host;
}
