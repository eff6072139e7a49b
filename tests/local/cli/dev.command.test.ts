import { once } from "node:events";
import { createServer } from "node:net";
import { expect, onTestFinished, test, vi } from "vitest";
import { bearer, dev, finish, temporaryFolder } from "./support/run-cli.ts";

const isRefused = (url: string) =>
  fetch(url).then(
    () => false,
    () => true,
  );

test("--json prints one object with addresses and tokens, and logs requests on stderr", async () => {
  const { url, tokens, upstash, dynamodb, log } = await dev(await temporaryFolder());
  expect(dynamodb.table).toBe("algoitny-local");
  expect((await fetch(`${upstash.url}/ping`, bearer(upstash.token))).status).toBe(200);

  expect((await fetch(`${url}/api/account/stats/`, bearer(tokens.user))).status).toBe(200);
  expect((await fetch(`${url}/api/problems/drafts/`, bearer(tokens.admin))).status).toBe(200);
  await vi.waitFor(() => {
    expect(log.join("\n")).toMatch(
      /GET +\/api\/account\/stats\/ +200 miss +[\d.]+ ms [1-9]\d* reads?/,
    );
  });
});

const areAllRefused = async ({ url, dynamodb, upstash }: Awaited<ReturnType<typeof dev>>) =>
  (await Promise.all([url, dynamodb.endpoint, upstash.url].map(isRefused))).every(Boolean);

test("SIGTERM ends the cloud and every process that it started", async () => {
  const running = await dev(await temporaryFolder(), "--no-sample");
  running.child.kill("SIGTERM");
  expect(await running.exited).toBe(0);
  expect(await areAllRefused(running)).toBe(true);
});

test("an uncaught error, in an event handler or a promise, is logged and does not end the cloud; SIGKILL leaves no engine behind", async () => {
  const faults = `process.on("SIGUSR2", () => {
    void Promise.reject(new Error("rejected by a promise"));
    throw new Error("thrown by a handler");
  });`;
  vi.stubEnv("NODE_OPTIONS", `--import=data:text/javascript,${encodeURIComponent(faults)}`);
  onTestFinished(() => void vi.unstubAllEnvs());
  const { child, exited, log, url, upstash, dynamodb } = await dev(
    await temporaryFolder(),
    "--no-sample",
  );
  const set = await fetch(`${upstash.url}/set/kept/1`, bearer(upstash.token));
  expect(set.status).toBe(200);

  child.kill("SIGUSR2");
  await vi.waitFor(() => {
    expect(log.join("\n")).toContain("Error: thrown by a handler");
    expect(log.join("\n")).toContain("Error: rejected by a promise");
  }, 5_000);
  expect((await fetch(`${url}/api/health/live/`)).status).toBe(200);
  const kept = await fetch(`${upstash.url}/get/kept`, bearer(upstash.token));
  expect(await kept.json()).toEqual({ result: "1" });

  child.kill("SIGKILL");
  await exited;
  await vi.waitFor(async () => expect(await isRefused(dynamodb.endpoint)).toBe(true), 5_000);
});

test("SIGINT ends the cloud too: data and tokens survive a restart, and the sample data are not added twice", async () => {
  const folder = await temporaryFolder();
  const first = await dev(folder);
  const problems = await (await fetch(`${first.url}/api/problems/`)).text();
  first.child.kill("SIGINT");
  expect(await first.exited).toBe(0);
  expect(await areAllRefused(first)).toBe(true);

  const second = await dev(folder);
  expect(await (await fetch(`${second.url}/api/problems/`)).text()).toBe(problems);
  const stats = await fetch(`${second.url}/api/account/stats/`, bearer(first.tokens.user));
  expect(stats.status).toBe(200);
});

test("--no-sample starts with an empty table, and a token made by npm run token is accepted by the running cloud", async () => {
  const folder = await temporaryFolder();
  const { url } = await dev(folder, "--no-sample");
  expect(await (await fetch(`${url}/api/problems/`)).json()).toEqual([]);
  const args = ["token", "--data", folder, "--email", "me@example.com"];
  const admin = await finish(...args, "--admin");
  const user = await finish(...args);
  const statusOf = async ({ stdout }: { stdout: string }) =>
    (await fetch(`${url}/api/problems/drafts/`, bearer(stdout.trim()))).status;
  expect(await statusOf(admin)).toBe(200);
  expect(await statusOf(user)).toBe(403);
});

test("npm run fire fires a schedule of the running cloud, with its own event or a given one", async () => {
  const folder = await temporaryFolder();
  const { url, log } = await dev(folder);
  const fire = (...args: string[]) => finish("fire", "--data", folder, "--url", url, ...args);
  const [own, given] = [
    await fire("WarmProblems"),
    await fire("WarmUserStats", "--event", '{"userIds":["nobody"]}', "--json"),
  ];
  expect(own).toMatchObject({ code: 0, stderr: "" });
  expect(own.stdout).toMatch(/^refreshed \d+, failed 0, .*[\d.]+ s\n$/);
  expect(JSON.parse(given.stdout)).toMatchObject({ failed: 0, plans: expect.any(Array) });
  await vi.waitFor(() => expect(log.join("\n")).toContain("schedule/warm-problems"));

  const bad = await fire("WarmUserStats", "--event", '{"userIds":7}');
  expect(bad).toMatchObject({ code: 1, stdout: "" });
  expect(bad.stderr).toContain("WarmUserStats failed");
});

test("a port in use is named with the remedy, and no process is left running", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const address = server.address();
  const port = String(typeof address === "object" ? address?.port : address);

  const result = await finish("dev", "--port", port, "--data", await temporaryFolder());
  expect(result).toMatchObject({ code: 1, stdout: "" });
  expect(result.stderr).toContain(`Port ${port} is taken`);
  expect(result.stderr).toContain("--port");
  expect(result.stderr).not.toContain("    at ");
});
