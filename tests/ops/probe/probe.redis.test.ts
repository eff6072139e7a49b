import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { replicated, type Replicated } from "@algoitny/local/redis/replicated";
import { startRedis } from "@algoitny/local/redis/start-redis";
import {
  type Intercept,
  startUpstash,
  type UpstashServer,
} from "@algoitny/local/upstash/start-upstash";
import { probeUpstash } from "@algoitny/ops/probe/probe-upstash";
import { restClient } from "@algoitny/ops/probe/rest-client";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

const TOKEN = "the-secret-token";
const PAIRS = 20;

let redis: Replicated;
let upstash: UpstashServer;
let intercept: Intercept;

beforeAll(async () => {
  const engine = process.env["REDIS_ENGINE"] === "server" ? "server" : "embedded";
  const [primary, copy] = await Promise.all([startRedis({ engine }), startRedis({ engine })]);
  redis = replicated(primary, copy, 0);
  upstash = await startUpstash({
    redis,
    token: TOKEN,
    intercept: (commands, run) => intercept(commands, run),
  });
});
beforeEach(() => {
  redis.replica.lagBehind(0);
  intercept = (_, run) => run();
});
afterAll(async () => {
  await upstash.close();
  await redis.close();
});

const probe = () => probeUpstash(restClient(upstash.url, TOKEN), { pairs: PAIRS });

test("without a lagging replica of the database, the place where scripts run cannot be seen", async () => {
  const { primary, order } = await probe();
  expect(primary).toMatchObject({ verdict: "open", claim: expect.stringContaining("no replica") });
  expect(primary?.measured).toContain("MGET 0, /multi-exec 0, EVAL 0");
  expect(order).toMatchObject({ verdict: "open" });
});

test("with a lagging replica, plain reads are old and scripts are not: hits come from the primary", async () => {
  redis.replica.lagBehind(1);
  const { primary, order } = await probe();
  expect(primary).toMatchObject({ verdict: "yes", claim: expect.stringContaining("never stale") });
  expect(primary?.measured).toContain(`MGET ${PAIRS}, /multi-exec 0, EVAL 0`);
  expect(order).toMatchObject({ verdict: "yes" });
});

test("scripts that a replica answers are detected", async () => {
  redis.replica.lagBehind(1);
  intercept = async (commands, run) => {
    const [[name, , , key] = []] = commands;
    return name === "EVAL" && key ? [await redis.call(["MGET", key])] : run();
  };
  const { primary } = await probe();
  expect(primary).toMatchObject({ verdict: "no", claim: expect.stringContaining("maxStaleness") });
});

test("a replica that shows the second of two writes without the first is detected", async () => {
  intercept = async (commands, run) => {
    const [[name, first, second] = []] = commands;
    if (name !== "MGET" || second === undefined) return run();
    const later = await redis.call(["MGET", second]);
    return [[first === undefined ? null : Buffer.from("0"), (later as Buffer[])[0] ?? null]];
  };
  expect((await probe())["order"]).toMatchObject({ verdict: "no" });
});

test("the probe reports whether a full database runs the script of a hit", async () => {
  const full = { error: "ERR DB capacity quota exceeded" };
  const send = (refused: readonly string[]) => {
    const rest = restClient(upstash.url, TOKEN);
    let isFull = false;
    return (...[command, options]: Parameters<typeof rest>) => {
      isFull ||= String(command[1]).endsWith(":full");
      return isFull && refused.includes(String(command[0]))
        ? Promise.resolve(full)
        : rest(command, options);
    };
  };
  // Only the question about scripts: the later ones need a database that accepts writes.
  const ask = async (refused: readonly string[]) => {
    const findings: Record<string, unknown> = {};
    await probeUpstash(send(refused), {
      pairs: 1,
      onResult: (name, { verdict }) => (findings[name] = verdict),
    }).catch(() => undefined);
    return findings["full"];
  };
  expect([await ask([]), await ask(["SET"]), await ask(["SET", "EVAL"])]).toEqual([
    "open",
    "yes",
    "no",
  ]);
});

test("the probe leaves no keys behind, even when a question fails", async () => {
  await redis.call(["SET", "another's", "1"]);
  await probe();
  expect(String(await redis.call(["KEYS", "*"]))).toBe("another's");
  let sent = 0;
  intercept = (_, run) => {
    sent += 1;
    if (sent === 30) throw new Error("the network breaks");
    return run();
  };
  await expect(probe()).rejects.toThrow("does not answer");
  expect(String(await redis.call(["KEYS", "*"]))).toBe("another's");
});

describe("npm run probe", () => {
  const run = (...args: string[]) =>
    promisify(execFile)(process.execPath, ["packages/ops/src/cli/probe.ts", ...args]).then(
      ({ stdout, stderr }) => ({ code: 0, text: stdout + stderr }),
      ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({
        code,
        text: stdout + stderr,
      }),
    );

  test("prints each question, the measurement and the guarantee, and never the token", async () => {
    const { code, text } = await run("--upstash", upstash.url, TOKEN, "--pairs", "3");
    expect(code).toBe(0);
    expect(text.match(/^ {2}measured: /gm)).toHaveLength(6);
    expect(text.match(/^ {2}claim: /gm)).toHaveLength(6);
    expect(text).not.toContain(TOKEN);
    const json = await run("--upstash", upstash.url, TOKEN, "--pairs", "3", "--json");
    expect(Object.keys(JSON.parse(json.text) as object)).toEqual([
      "primary",
      "billing",
      "full",
      "wait",
      "order",
      "run",
    ]);
  });

  test.each([
    [["--upstash", "URL", "wrong"], 1, "refuses the token"],
    [["--upstash", "URL"], 2, "give the database's REST URL and its token"],
    [["--upstash", "example", TOKEN], 2, "is not an address"],
    [["--upstash", "URL", TOKEN, "--pairs", "none"], 2, "write a whole number, 1 or more"],
    [["--help"], 0, "Usage: npm run probe"],
  ])("%j has the exit code %d and an error with the remedy", async (args, code, words) => {
    const ended = await run(...args.map((each) => (each === "URL" ? upstash.url : each)));
    expect(ended.code).toBe(code);
    expect(ended.text).toContain(words);
    expect(ended.text).not.toContain(TOKEN);
  });
});
