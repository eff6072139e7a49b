import { chmod, mkdtemp, readFile, rm, stat } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { commands } from "@algoitny/ops/commands/ops-commands";
import { EXIT, runOps } from "@algoitny/ops/commands/run-ops";
import { type KeptSignIn, keptTokensFile } from "@algoitny/ops/sign-in/kept-tokens";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cost, type Json, startWorld, type World } from "../support/people.ts";

let world: World;
let problem: Json;
let detail: string;

beforeAll(async () => {
  world = await startWorld();
  problem = await world.createProblem();
  detail = `/api/problems/${problem.id}/`;
  await world.streams.drained();
  for (const _ of [1, 2]) await world.get(detail);
});
afterAll(() => world.close());

async function run(
  args: string[],
  { token = world.admin.token, answer }: { token?: string; answer?: string } = {},
) {
  const out: string[] = [];
  const notes: string[] = [];
  const code = await runOps(commands, args, {
    env: { OPS_URL: world.url, OPS_TOKEN: token },
    folder: os.tmpdir(),
    print: (text) => out.push(text),
    note: (line) => notes.push(line),
    ask: answer === undefined ? undefined : async () => answer,
    nextRound: async () => false,
  });
  return { code, out: out.join("\n"), notes: notes.join("\n") };
}

const name = () => new URL(world.url).host;
const isCached = async () => cost(await world.call(detail)).cache === "hit";

test("numbers, keys and one entry are shown as text, and as the API's fields with --json", async () => {
  const { out } = await run(["stats", "--since", "15m"]);
  expect(out).toMatch(/hit +stale +miss +bypass +cached %/);
  const shown = await run(["stats", "--json"]);
  expect(JSON.parse(shown.out)).toHaveProperty("columns.hit");
  expect((await run(["stats", "--by", "resource"])).out).toMatch(/problem_detail +\d/);
  const key = `problem_detail:id:${problem.id}`;
  expect((await run(["keys", "problem_detail:*"])).out.split("\n")).toContain(key);
  expect((await run(["keys", "--tree"])).out).toMatch(/problem_detail +\d/);
  expect((await run(["explain", key])).out).toContain(`${key}: fresh`);
  expect(JSON.parse((await run(["get", key])).out)).toMatchObject({ id: problem.id });
  for (const command of ["get", "explain"]) {
    const absent = await run([command, "none:1"]);
    expect(absent.code).toBe(EXIT.failed);
    expect(absent.out).toMatch(/^none:1: not stored\. Log lines call this key [\w-]{8}\.$/);
  }
  expect((await run(["top", "--json"])).code).toBe(EXIT.fine);
});

test("a deed shows what it would invalidate, and runs only when it is confirmed by the stage's name", async () => {
  await world.get(detail);
  const deed = ["invalidate", "--problem", String(problem.id)];
  const dry = await run([...deed, "--dry-run"]);
  expect(dry).toMatchObject({
    code: EXIT.fine,
    out: expect.stringMatching(/would invalidate \d+ tags/),
  });
  expect(await isCached()).toBe(true);
  expect(await run(deed, { answer: "y" })).toMatchObject({ code: EXIT.usage, out: "" });
  expect(await run(deed)).toMatchObject({ code: EXIT.usage, out: "" });
  expect(await isCached()).toBe(true);
  expect(await run(deed, { answer: name() })).toMatchObject({ code: EXIT.fine });
  expect(await isCached()).toBe(false);
});

test("clear invalidates and warm loads entries, and an asynchronous invalidation is followed to its end", async () => {
  await world.get(detail);
  expect(await run(["clear", "--dry-run"])).toMatchObject({
    out: expect.stringContaining("would invalidate"),
  });
  expect(await isCached()).toBe(true);
  expect(await run(["clear", "--yes"])).toMatchObject({ code: EXIT.fine });
  expect(await isCached()).toBe(false);
  expect((await run(["warm", "problem_drafts"])).out).toMatch(/^refreshed \d/);
  const job = await run(["invalidate", "--pattern", "problem_list*", "--async", "--yes"]);
  expect(job).toMatchObject({ code: EXIT.fine, out: expect.stringContaining("done") });
});

test("the doctor finds nothing in a healthy stage, and names a service that is down", async () => {
  const well = await run(["doctor"]);
  expect(well).toMatchObject({ code: EXIT.fine, out: expect.stringContaining("nothing is wrong") });
  await world.redis.stop();
  const ill = await run(["doctor", "--json"]);
  expect(ill.code).toBe(EXIT.failed);
  const { checks } = JSON.parse(ill.out);
  expect(checks).toContainEqual(expect.objectContaining({ name: "redis", result: "fault" }));
  await world.redis.start();
});

test("requests are shown once each, with a key id in place of the key and without the user; operators' requests are left out", async () => {
  for (const _ of [1, 2]) await world.get(detail);
  const rounds: string[] = [];
  let round = 0;
  await runOps(commands, ["tail", "--watch", "--endpoint", "problems/{id}"], {
    env: { OPS_URL: world.url, OPS_TOKEN: world.admin.token },
    folder: os.tmpdir(),
    print: (text) => rounds.push(text),
    note: () => {},
    ask: undefined,
    async nextRound() {
      round += 1;
      if (round === 2) await world.get(detail);
      return round < 3;
    },
  });
  expect(rounds).toHaveLength(2);
  expect(rounds[0]).toMatch(
    /^\d\d:\d\d:\d\d GET \/api\/problems\/\{id\}\/ +hit +[\d.]+ ms +key [\w-]{8}$/m,
  );
  expect(rounds[1]?.split("\n")).toHaveLength(1);
  expect(rounds.join()).not.toMatch(/ops\/|problem_detail|@/);
  expect((await run(["tail", "--outcome", "bypass"])).out).toBe("");
});

test("a user who is not an operator is refused with a separate exit code", async () => {
  expect(await run(["stats"], { token: world.ann.token })).toMatchObject({ code: EXIT.notAllowed });
});

describe("login", () => {
  /** Stand-in for a browser: submits a token of this cloud to the issuer, and follows its redirect. */
  async function browse(page: string): Promise<void> {
    const body = new URLSearchParams({ token: world.admin.token });
    const { headers } = await fetch(page, { method: "POST", body, redirect: "manual" });
    await fetch(headers.get("location") ?? "");
  }

  async function operate(args: string[], now = Date.now()) {
    const notes: string[] = [];
    const out: string[] = [];
    const code = await runOps(commands, args, {
      env: { XDG_STATE_HOME: state, OPS_LOGIN_PORT: "0" },
      folder: os.tmpdir(),
      print: (text) => out.push(text),
      note: (line) => notes.push(line),
      ask: undefined,
      browse: (page) => void browse(page),
      now: () => now,
      nextRound: async () => false,
    });
    return { code, out: out.join("\n"), notes: notes.join("\n") };
  }

  let state: string;
  let file: string;
  beforeAll(async () => {
    state = await mkdtemp(path.join(os.tmpdir(), "ops-state-"));
    file = keptTokensFile({ XDG_STATE_HOME: state });
  });
  afterAll(() => rm(state, { recursive: true }));

  const kept = async () => {
    const all = JSON.parse(await readFile(file, "utf8")) as Record<string, KeptSignIn>;
    return all["local"]!;
  };

  test("stores a token that only its user can read, and --stage then finds the stage", async () => {
    expect(await operate(["top", "--stage", "local"])).toMatchObject({ code: EXIT.usage });
    const signedIn = await operate(["login", world.url]);
    expect(signedIn).toMatchObject({
      code: EXIT.fine,
      out: expect.stringContaining("signed in to local"),
    });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(signedIn.out + signedIn.notes).not.toContain((await kept()).token);
    const { code, notes } = await operate(["top", "--stage", "local"]);
    expect({ code, notes }).toEqual({
      code: EXIT.fine,
      notes: `local at ${world.url} (signed in by login)\nno process has published reads of the last hour`,
    });
  });

  test("renews a token shortly before its end, and not earlier", async () => {
    const { expires_at: first } = await kept();
    await operate(["top", "--stage", "local"]);
    expect((await kept()).expires_at).toBe(first);
    await operate(["top", "--stage", "local"], 1_000 * first - 30_000);
    expect((await kept()).expires_at).toBe(first - 30 + 3_600);
  });

  test("refuses tokens from a file that others can read", async () => {
    await chmod(file, 0o640);
    expect(await operate(["top", "--stage", "local"])).toMatchObject({
      code: EXIT.failed,
      notes: expect.stringContaining("can be read by others"),
    });
  });
});

test("an experiment can be started, shown and stopped; a second start or stop fails", async () => {
  const start = ["experiment", "start", "user_stats", "--ttl", "90"];
  const dry = await run([...start, "--dry-run"]);
  expect(dry.out).toMatch(/^would start: 90 s instead of 180 s for user_stats, starting at /);
  expect((await run(["experiment", "status"])).out).toBe("no experiment yet");
  expect(await run(start, { answer: "no" })).toMatchObject({ code: EXIT.usage, out: "" });
  expect(await run(start, { answer: name() })).toMatchObject({ code: EXIT.fine });
  const again = await run([...start, "--yes"]);
  expect(again).toMatchObject({ code: EXIT.failed, notes: expect.stringContaining("is running") });
  const { out } = await run(["experiment", "status", "user_stats", "--json"]);
  expect(JSON.parse(out)).toMatchObject({
    experiments: [{ view: "user_stats", state: "running", verdict: "measuring", pairs: 0 }],
  });
  expect((await run(["experiment", "status"])).out).toMatch(/^running: 90 s instead of 180 s/);
  const stop = ["experiment", "stop", "user_stats"];
  expect((await run([...stop, "--dry-run"])).out).toMatch(/^would end: 90 s/);
  expect((await run(stop, { answer: name() })).out).toBe(
    "ended: within a minute, new entries of user_stats have a lifetime of 180 s again",
  );
  expect(await run([...stop, "--yes"])).toMatchObject({ code: EXIT.failed });
});

test("an experiment that is invalid is refused before anything is started", async () => {
  const refused = async (...words: string[]) => (await run(["experiment", ...words, "--yes"])).code;
  expect(await refused("pause")).toBe(EXIT.usage);
  expect(await refused("start")).toBe(EXIT.usage);
  expect(await refused("start", "problem_list")).toBe(EXIT.usage);
  expect(await refused("start", "problem_list", "--ttl", "soon")).toBe(EXIT.usage);
  expect(await refused("start", "problem_list", "--ttl", "300")).toBe(EXIT.failed);
  expect(await refused("start", "planets", "--ttl", "300")).toBe(EXIT.failed);
  expect((await run(["experiment", "status", "problem_list"])).out).toContain("no experiment on");
});

test("advice can be requested, and states the number of reads that it is based on", async () => {
  expect((await run(["advise"])).out).toMatch(/^nothing to advise\n\(from \d+ reads of /);
  expect(JSON.parse((await run(["advise", "--json"])).out)).toMatchObject({ advice: [] });
});
