import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { expect, test } from "vitest";
import { devOutput, temporaryFolder } from "./support/run-cli.ts";

/** Runs a line as if it were pasted: alone, in a shell and a folder without knowledge of the cloud. */
function paste(line: string): string {
  const { PATH = "", HOME = "" } = process.env;
  const options = { cwd: tmpdir(), env: { PATH, HOME, USER: "me" }, encoding: "utf8" } as const;
  return spawnSync("bash", ["-c", line], options).stdout;
}

test(
  "the greeting is printed first, and its command lines work singly, in any order and repeatedly",
  { timeout: 60_000 },
  async () => {
    const { lines, waitFor } = await devOutput(`${await temporaryFolder()}/it's here`);
    await waitFor(/Ctrl-C stops everything/);
    expect(lines.slice(0, 2)).toEqual(["", expect.stringMatching(/^ {2}AlgoItny is ready/)]);
    expect(lines.join("\n")).toMatch(/\/it's here; each DynamoDB engine has its own data\n/);
    const curls = lines.filter((line) => line.startsWith("  curl "));
    expect(curls).toHaveLength(3);
    const [list = "", statistics = "", problem = ""] = curls;
    expect(curls.join("\n")).not.toMatch(/\$USER|eyJ/);

    const added = paste(problem);
    expect(added).toMatch(/^HTTP\/1\.1 201 [^]*tags;desc="\d+ invalidated"/);
    const first = paste(list);
    expect(first).toMatch(/^HTTP\/1\.1 200 /);
    expect(paste(statistics)).toMatch(/^HTTP\/1\.1 200 [^]*"total_executions"/);
    const again = paste(problem);
    expect(again).toMatch(/^HTTP\/1\.1 201 /);
    const id = /"id":\d+,/.exec(again)?.[0] ?? "none";
    expect(first).not.toContain(id);
    expect(paste(list)).toContain(`[{${id}`);

    await waitFor(/POST +\/api\/problems\/ +201 .* 5 reads, \d+ tags invalidated/);
    // One line per request; the stream's work is counted in those lines, and a normal run logs nothing else.
    const log = lines.slice(lines.findIndex((line) => line.includes("Ctrl-C")) + 1);
    expect(log.filter((line) => / (GET|POST) +\/api\//.test(line))).toHaveLength(5);
    expect(log.join("\n")).not.toMatch(/ stream |info /);
  },
);
