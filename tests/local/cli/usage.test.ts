import { once } from "node:events";
import { readFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { expect, test } from "vitest";
import { finish, temporaryFolder } from "./support/run-cli.ts";

test.each([
  [["dev", "--prot", "1"], "no option --prot: did you mean --port?\n"],
  [["load", "--seconds", "-1"], '--seconds -1: a value cannot begin with "-"'],
  [["load", "--rps", "0"], "--rps 0: write a number above 0"],
  [["load", "--mix", "x"], "--mix x: write site or reads"],
  [["simulate", "--reads", "5"], "--reads 5: write a whole number from 20 to 100000"],
  [["dev", "--port", "x"], "--port x"],
  [["token", "me@example.com"], "me@example.com"],
  [["token", "--email", "me"], "--email"],
  [["token", "--data", ""], "--data"],
  [["fire"], "WarmProblems or WarmUserStats"],
  [["fire", "WarmNothing"], "WarmProblems or WarmUserStats"],
  [["fire", "warmproblems"], "did you mean WarmProblems?"],
  [["token", "--emial", "me@example.com"], "did you mean --email?"],
  [["fire", "WarmProblems", "--event", "{"], "--event"],
  [["storm", "--writes", "many"], "--writes many"],
  [["redis", "--port", "x"], "--port x"],
  [["smoke", "http://127.0.0.1:1"], "URL and a token"],
  [["cost", "--hit", "2"], "--hit 2"],
  [["check", "--fix"], "--fix"],
  [["model", "--runs", "0"], "--runs"],
  [["prove", "nothing"], "unknown proof"],
  [["prove", "mutants", "nothing"], "unknown mutant"],
  [["import"], "name one file"],
  [["import", "a", "b"], "name one file"],
  [["import", "a", "--url", "here"], "--url here"],
])("%j is refused with the usage", async (args, named) => {
  const { code, stdout, stderr } = await finish(...args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toContain(named);
  expect(stderr).toContain("Usage: npm run");
});

test("a Redis whose port is taken ends with the reason", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  const { port } = other.address() as AddressInfo;
  const { code, stdout, stderr } = await finish("redis", "--port", String(port));
  other.close();
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toContain(`Port ${port} is taken`);
});

test("a token for a file in place of a data folder is refused", async () => {
  const { code, stderr } = await finish("token", "--data", "README.md");
  expect(code).toBe(1);
  expect(stderr).toMatch(/^no folder .*README\.md: name the one that `npm run dev` was given$/m);
});

test("a catalogue over a folder without data ends with the command that creates it", async () => {
  const folder = await temporaryFolder();
  const { code, stdout, stderr } = await finish("catalogue", "--problems", "50", "--data", folder);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toContain(`run \`npm run dev -- --data ${folder}\` once`);
});

const readme = readFileSync(new URL("../../../README.md", import.meta.url), "utf8");
const documented = new Set(
  readme
    .split("\n")
    .filter((line) => line.startsWith("| `npm run"))
    .flatMap((line) =>
      Array.from(line.matchAll(/`npm run (?:-s )?([a-z]+)/g), ([, name = ""]) => name),
    ),
);

test("README's table lists the commands", () => {
  expect([...documented]).toEqual(expect.arrayContaining(["dev", "import", "smoke", "check"]));
});

test.each([...documented])("npm run %s has a usage, with --json in it", async (command) => {
  const { code, stdout } = await finish(command, "--help");
  expect(code).toBe(0);
  expect(stdout).toContain(`Usage: npm run ${command}`);
  expect(stdout).toContain("--json");
});
