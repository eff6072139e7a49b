import { expect, test } from "vitest";
import { finish } from "./support/run-cli.ts";

test.each([
  [["dev", "--prot", "1"], "--prot"],
  [["dev", "--port", "x"], "--port x"],
  [["token", "me@example.com"], "me@example.com"],
  [["token", "--email", "me"], "--email"],
  [["token", "--data", ""], "--data"],
  [["fire"], "WarmProblems or WarmUserStats"],
  [["fire", "WarmNothing"], "WarmProblems or WarmUserStats"],
  [["fire", "WarmProblems", "--event", "{"], "--event"],
  [["storm", "--writes", "many"], "--writes many"],
  [["redis", "--port", "x"], "--port x"],
  [["import"], "name one file"],
  [["import", "a", "b"], "name one file"],
  [["import", "a", "--url", "here"], "--url here"],
])("%j is refused with the usage", async (args, named) => {
  const { code, stdout, stderr } = await finish(...args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toContain(named);
  expect(stderr).toContain("Usage: npm run");
});

test.each(["dev", "token", "fire", "import", "storm", "redis"])(
  "%s --help prints the usage",
  async (command) => {
    const { code, stdout } = await finish(command, "--help");
    expect(code).toBe(0);
    expect(stdout).toContain(`Usage: npm run ${command}`);
  },
);
