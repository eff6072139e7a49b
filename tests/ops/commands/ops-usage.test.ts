import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import * as consume from "node:stream/consumers";
import { announceCloud } from "@algoitny/ops/cli/running-cloud";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as answers from "@algoitny/functions/openapi/function-answers";
import { flagsOf } from "@algoitny/ops/commands/command-help";
import { commands } from "@algoitny/ops/commands/ops-commands";
import { EXIT, runOps } from "@algoitny/ops/commands/run-ops";
import { tail } from "@algoitny/ops/commands/tail";
import { safe, sparkline, table } from "@algoitny/ops/commands/terminal-text";

/** Requests of the last command, with their bodies; a refused one must send none. */
let requests: string[] = [];
let status = 500;
/** Answers of the API; every other request gets `status`. */
const answered: Readonly<Record<string, object>> = {
  'POST /api/ops/cache/invalidate/ {"tags":["problem:7"],"dry_run":true}': {
    dry_run: true,
    tags: ["problem:7"],
    keys: [],
    pattern: null,
  },
};
const server = createServer((request, response) => void respond(request, response));
let url = "";

beforeAll(async () => {
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => void server.close());

async function respond(request: IncomingMessage, response: ServerResponse) {
  const line = `${request.method} ${request.url} ${await consume.text(request)}`.trim();
  requests.push(line);
  response.writeHead(line in answered ? 200 : status).end(JSON.stringify(answered[line] ?? {}));
}

async function run(...args: string[]) {
  requests = [];
  const out: string[] = [];
  const notes: string[] = [];
  const code = await runOps(commands, args, {
    env: { OPS_URL: url, OPS_TOKEN: "token" },
    folder: os.tmpdir(),
    print: (text) => out.push(text),
    note: (line) => notes.push(line),
    ask: undefined,
    nextRound: async () => false,
  });
  return { code, out: out.join("\n"), notes: notes.join("\n"), requests };
}

const DEEDS = {
  invalidate: ["--tag", "problem:7"],
  clear: [],
  warm: ["problem_lists"],
  experiment: ["start", "problem_detail", "--ttl", "1200"],
} as const;

/** Each flag of a command with an extra letter, a missing one, and two that are swapped. */
const mistyped = Object.entries(DEEDS).flatMap(([name, words]) =>
  Object.keys(flagsOf(commands[name]!))
    .filter((flag) => flag.length > 1)
    .flatMap((flag) => [
      `${flag}x`,
      flag.slice(0, -1),
      flag.slice(0, -2) + flag.at(-1) + flag.at(-2),
    ])
    .filter((wrong) => !(wrong in flagsOf(commands[name]!)))
    .map((wrong) => [name, ...words, `--${wrong}`]),
);

describe("a mistyped flag", () => {
  test.each(mistyped)("in %s %s %s %s prevents the command", async (...args) => {
    const { code, requests: sent } = await run(...args.filter((arg) => arg !== undefined));
    expect({ code, sent }).toEqual({ code: EXIT.usage, sent: [] });
  });

  test("is answered with the similar one that exists", async () => {
    const { notes } = await run("invalidate", "--tag", "problem:7", "--dry-rum");
    expect(notes).toContain("no option --dry-rum: did you mean --dry-run?");
    expect((await run("stat")).notes).toContain("did you mean stats?");
  });
});

test("an answer of 503 refers to doctor, and an address without a name is printed once", async () => {
  status = 503;
  const { code, notes } = await run("keys");
  status = 500;
  expect(code).toBe(EXIT.failed);
  expect(notes).toMatch(/\n`npm run ops -- doctor` names the fault$/);
  expect(notes.split("\n")[0]).toBe(`${url} (OPS_URL)`);
});

test.each(["nonsense", "--json"])(
  "%s in place of a command is refused, with the command that lists them",
  async (name) => {
    const { code, notes } = await run(name);
    expect(code).toBe(EXIT.usage);
    expect(notes).toContain(`no command ${name}\nnpm run ops -- --help lists the commands`);
  },
);

test.each([
  ["clear", [], []],
  ["invalidate", ["--tag", "problem:7"], Object.keys(answered)],
] as const)(
  "%s changes nothing when no one can be asked and --yes is not given",
  async (name, flags, looks) => {
    const { code, notes, requests: sent } = await run(name, ...flags);
    expect({ code, sent }).toEqual({ code: EXIT.usage, sent: looks });
    expect(notes).toContain("there is no terminal to confirm in");
    expect(notes).not.toContain("Usage:");
  },
);

test.each([
  ["invalidate"],
  ["invalidate", "--problem", "x"],
  ["stats", "--since", "1 week"],
  ["stats", "--by", "colour"],
  ["warm", "everything"],
  ["explain"],
  ["explain", "a:1", "b:2"],
  ["top", "-n", "0"],
  [],
])("%j is refused with the usage, before anything is sent", async (...args) => {
  const { code, notes, requests: sent } = await run(...args.filter((arg) => arg !== undefined));
  expect({ code, sent }).toEqual({ code: EXIT.usage, sent: [] });
  expect(notes).not.toContain("OPS_URL)");
});

test.each(Object.keys(commands))("%s has a usage, and is in the list of commands", async (name) => {
  const { code, out, requests: sent } = await run(name, "--help");
  expect({ code, sent }).toEqual({ code: EXIT.fine, sent: [] });
  expect(out).toContain(`Usage: npm run ops -- ${name}`);
  expect(out).toContain("--json");
  for (const example of commands[name]!.examples)
    expect(out).toContain(`npm run ops -- ${example}`);
  expect((await run("--help")).out).toContain(`  ${name}`);
});

test.each([
  ["old", "unset OPS_TOKEN"],
  [undefined, ""],
])("a local cloud that refuses the token %s: %s", async (token, advice) => {
  const folder = await mkdtemp(path.join(os.tmpdir(), "ops-token-"));
  const withdraw = await announceCloud(folder, { url, token: "own" });
  const notes: string[] = [];
  status = 401;
  await runOps(commands, ["top", "--data", folder], {
    env: token === undefined ? {} : { OPS_TOKEN: token },
    folder,
    print: () => {},
    note: (line) => notes.push(line),
    ask: undefined,
    nextRound: async () => false,
  });
  status = 500;
  await withdraw();
  await rm(folder, { recursive: true });
  expect(notes.some((line) => line.includes("unset OPS_TOKEN"))).toBe(advice !== "");
});

describe("exit codes", () => {
  test("differ between a refusal of the API and an API that does not answer", async () => {
    expect((await run("top")).code).toBe(EXIT.failed);
    const unreachable = await run("top", "--url", "http://127.0.0.1:1");
    expect(unreachable.code).toBe(EXIT.unreachable);
    expect(unreachable.notes).toContain("http://127.0.0.1:1 (--url)");
  });
});

test("users' names cannot move the cursor or reverse the direction of text", () => {
  expect(safe("a\u001B[2Jb\u202Ec\u0007")).toBe("a\\u001b[2Jb\\u202ec\\u0007");
  expect(safe("그래프 é")).toBe("그래프 é");
  const shown = table(["key", "reads"], [["x\r\ny", 5]]);
  expect(shown).toContain("x\\u000d\\u000ay");
  expect(shown.split("\n")).toHaveLength(2);
});

test("tables align numbers to the right, and leave a gap for unknown ones", () => {
  const [, first, second] = table(
    ["name", "n"],
    [
      ["a", 5],
      ["b", null],
    ],
  ).split("\n");
  expect(first).toBe("a     5");
  expect(second).toBe("b     –");
  expect(sparkline([0, null, 100])).toBe("▁ █");
});

const seenRequest = {
  id: "1",
  at: 0,
  endpoint: "GET /api/problems/",
  outcome: "hit",
  reason: null,
  ms: 1,
  database_reads: 0,
  tags_invalidated: 0,
  failed: false,
  status: null,
  key_id: null,
};

async function tailOf(seen: Partial<Record<keyof typeof seenRequest, unknown>>) {
  const answer = { requests: [{ ...seenRequest, ...seen }], next_from: 0 };
  const api = { call: async () => answer };
  const context = { api, answers, memory: new Map() } as unknown as Parameters<typeof tail.run>[1];
  return (await tail.run({ flags: {}, words: [] }, context)).text;
}

test.each([
  [1, 2, "1 read, 2 tags invalidated"],
  [2, 1, "2 reads, 1 tag invalidated"],
])("a feed's line has singular or plural nouns for %i and %i", async (reads, tags, facts) => {
  const text = await tailOf({ database_reads: reads, tags_invalidated: tags });
  expect(text.endsWith(facts)).toBe(true);
});

test("a feed's line shows the status of an error", async () => {
  expect(await tailOf({ outcome: null, status: 404, database_reads: 1 })).toMatch(/404, 1 read$/);
});

test.each([
  [undefined, "--watch waits for the next one"],
  [true, "waiting"],
])("an empty feed with --watch %s is announced once", async (watch, rest) => {
  const notes: string[] = [];
  const api = { call: async () => ({ requests: [], next_from: 0 }) };
  const note = (line: string) => notes.push(line);
  const context = { api, answers, note, memory: new Map() };
  for (let round = 0; round < 2; round += 1)
    await tail.run(
      { flags: { watch }, words: [] },
      context as unknown as Parameters<typeof tail.run>[1],
    );
  expect(notes).toEqual([
    `no request to show from the last ten seconds (operators' requests and health checks are not shown); ${rest}`,
  ]);
});

test("a feed's names cannot move a terminal's cursor", async () => {
  const text = await tailOf({ endpoint: "GET /\u001B[2J\u202E/", key_id: "\u001B]0;x" });
  expect(text).toContain("GET /\\u001b[2J\\u202e/");
  expect(text).toContain("key \\u001b]0;x");
});
