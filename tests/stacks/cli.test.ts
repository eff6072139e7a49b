import { mkdtemp, rm } from "node:fs/promises";
import { Agent, request } from "node:http";
import os from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { startCli } from "./support/cli.ts";

test("the evaluator's replacement of SST's CLI closes each connection after its answer, so that no late request fails", async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), "algoitny-cli-"));
  const cli = await startCli(folder, { bundles: () => false });
  const agent = new Agent({ keepAlive: true });
  onTestFinished(async () => {
    agent.destroy();
    cli[Symbol.dispose]();
    await rm(folder, { recursive: true });
  });
  const connection = await new Promise((resolve, reject) => {
    const asked = request(cli.url, { method: "POST", agent }, (response) => {
      response.resume();
      resolve(response.headers.connection);
    });
    asked.once("error", reject);
    asked.end(JSON.stringify({ method: "Provider.Aws.Bootstrap", params: [] }));
  });
  expect(connection).toBe("close");
});
