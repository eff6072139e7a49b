import { spawnSync } from "node:child_process";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";

/** Stand-in for the AWS CLI: prints the values that a runbook reads. */
const STAND_IN = `#!/bin/sh
{ printf '%s\\0' "$(basename "$0")" "$@"; printf '\\036'; } >> "$CALLS"
case "$2" in
  list-backups) echo arn:aws:dynamodb:us-east-1:123456789012:table/backup/1 ;;
  query) printf 'PROBLEM\\tBODY\\n' ;;
  get-item) printf '{"pk":{"S":"PROBLEM#7"},"title":{"S":"A \\\\"B\\\\""}}' ;;
esac
`;

/** Runs commands as a person would paste them into a shell, with stand-ins for the programs; returns the calls of each. */
export async function typeCommands(text: string): Promise<string[][]> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "algoitny-runbook-"));
  try {
    for (const program of ["aws", "npx", "npm", "curl"]) {
      await writeFile(path.join(folder, program), STAND_IN);
      await chmod(path.join(folder, program), 0o755);
    }
    const calls = path.join(folder, "calls");
    const env = {
      PATH: `${folder}:${process.env["PATH"] ?? ""}`,
      CALLS: calls,
      API: "https://api.example.com",
      TOKEN: "token",
    };
    const { status, stderr } = spawnSync("sh", ["-eu", "-c", text], { env, encoding: "utf8" });
    if (status !== 0) throw new Error(stderr);
    const records = (await readFile(calls, "utf8")).split("\u001e").slice(0, -1);
    return records.map((record) => record.split("\0").slice(0, -1));
  } finally {
    await rm(folder, { recursive: true });
  }
}
