import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { dev, finish, finishWith, temporaryFolder } from "../../local/cli/support/run-cli.ts";

/** An answer of `problemset.problems` with the problem A of that number of contests. */
function answer(contests: number, change: object = {}): string {
  const problems = Array.from({ length: contests }, (_, index) => ({
    contestId: index + 1,
    index: "A",
    name: `Problem ${index + 1}`,
    tags: ["dp"],
    ...change,
  }));
  return JSON.stringify({ status: "OK", result: { problems } });
}

async function serve(status: number, body: string): Promise<string> {
  const server = createServer((_, response) => response.writeHead(status).end(body));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/problemset.problems`;
}

test(
  "npm run import reads a file, standard input or an address, and shows its progress",
  { timeout: 60_000 },
  async () => {
    const folder = await temporaryFolder();
    const { url } = await dev(folder, "--no-sample");
    const flags = ["--data", folder, "--url", url];
    const listed = async () => (await (await fetch(`${url}/api/problems/`)).json()) as unknown[];

    const file = join(folder, "problemset.json");
    await writeFile(file, answer(3));
    const fromFile = await finish("import", file, ...flags);
    expect(fromFile).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^3 created, 0 updated, 0 unchanged in [\d.]+ s\n$/),
      stderr: expect.stringContaining("3/3 problems | 100%"),
    });
    expect(await listed()).toHaveLength(3);

    const piped = await finishWith(answer(4), "import", "-", ...flags, "--json");
    expect(piped.code).toBe(0);
    expect(JSON.parse(piped.stdout)).toMatchObject({ created: 1, updated: 0, unchanged: 3 });

    const fetched = await finish("import", await serve(200, answer(5)), ...flags, "--json");
    expect(JSON.parse(fetched.stdout)).toMatchObject({ created: 1, updated: 0, unchanged: 4 });
    expect(await listed()).toHaveLength(5);

    const broken = await finishWith(answer(9, { tags: [""] }), "import", "-", ...flags);
    expect(broken).toMatchObject({ code: 1, stdout: "" });
    expect(broken.stderr).toContain("result.problems.0.tags.0");
    const garbled = await finishWith("<html>", "import", "-", ...flags);
    expect(garbled.stderr).toMatch(/^stdin cannot be imported\n {2}because: not JSON: .*\n$/);
    const empty = await finishWith(answer(0), "import", "-", ...flags);
    expect(empty).toMatchObject({ code: 0, stderr: "" });
    expect(await listed()).toHaveLength(5);
  },
);

test("npm run import names an unreadable input, and an address where nothing answers", async () => {
  const folder = await temporaryFolder();
  const nowhere = ["--url", "http://127.0.0.1:9", "--token", "any"];
  const missing = await finish("import", join(folder, "none.json"), ...nowhere);
  expect(missing).toMatchObject({ code: 1, stderr: expect.stringContaining("none.json") });
  const address = await serve(503, "busy");
  const refused = await finish("import", address, ...nowhere);
  const stderr = `${address} cannot be imported\n  because: it answers 503\n`;
  expect(refused).toMatchObject({ code: 1, stderr });
  const unanswered = await finishWith(answer(1), "import", "-", ...nowhere);
  expect(unanswered.code).toBe(1);
  expect(unanswered.stderr).toMatch(/^cannot reach http:\/\/127\.0\.0\.1:9/);
});
