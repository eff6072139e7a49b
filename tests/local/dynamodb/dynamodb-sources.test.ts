import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import {
  dynamoDbLocalFolder,
  fetchDynamoDbLocal,
  indexStreams,
  type Maven,
} from "@algoitny/local/dynamodb/dynamodb-local";
import { findDynoxide } from "@algoitny/local/dynamodb/dynoxide";
import { startServerProcess } from "@algoitny/local/dynamodb/server-process";
import { noEngine } from "@algoitny/local/dynamodb/start-dynamodb";
import { describe, expect, onTestFinished, test } from "vitest";

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "algoitny-test-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

describe("the embedded engine", () => {
  test("is the binary on PATH when npm has none for the platform", async () => {
    const [empty, folder] = [await temporaryFolder(), await temporaryFolder()];
    await writeFile(join(folder, "dynoxide"), "#!/bin/sh\n");
    await chmod(join(folder, "dynoxide"), 0o755);
    const searchPath = [empty, folder].join(delimiter);
    expect(findDynoxide("plan9-mips", searchPath)).toBe(join(folder, "dynoxide"));
  });

  test("is missing when there is neither, and the error lists the three ways to get one", async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, "dynoxide"), "not executable");
    expect(findDynoxide("plan9-mips", folder)).toBeUndefined();
    expect(noEngine("plan9-mips").split("\n")).toEqual([
      "no DynamoDB engine for plan9-mips. Three ways to get one:",
      expect.stringMatching(/^ {2}1\. .*dynoxide.* on PATH/),
      expect.stringMatching(/^ {2}2\. .*--dynamodb local/),
      expect.stringMatching(/^ {2}3\. .*DYNAMODB_ENDPOINT/),
    ]);
  });
});

/** DynamoDB Local's query for the start of a stream. */
const START = "SELECT MIN(SequenceNumber) FROM us WHERE StreamID = ?";

test("DynamoDB Local finds the start of a stream without reading earlier streams; a missing file is not created", async () => {
  const file = join(await temporaryFolder(), "shared.db");
  const logged: string[] = [];
  const index = () => indexStreams(file, (line) => logged.push(line));
  index();
  expect(existsSync(file)).toBe(false);
  using empty = new DatabaseSync(file);
  index();
  expect(logged).toEqual([expect.stringContaining("no such table")]);
  empty.exec(
    "CREATE TABLE us (StreamID TEXT, SequenceNumber INTEGER, PRIMARY KEY(SequenceNumber))",
  );
  for (let times = 0; times < 2; times += 1) index();
  // The connection that was opened before the index (`empty`) still plans without it.
  using database = new DatabaseSync(file);
  const [plan] = database.prepare(`EXPLAIN QUERY PLAN ${START}`).all("now");
  expect(plan?.["detail"]).toMatch(
    /^SEARCH us USING .*INDEX algoitny_stream_start \(StreamID=\?\)$/,
  );
  expect(logged).toHaveLength(1);
});

describe("DynamoDB Local", () => {
  const lines: string[] = [];
  const log = (line: string): void => void lines.push(line);
  /** Writes one jar, as Maven would write 82. */
  const maven: Maven = async (_args, folder) => {
    await mkdir(join(folder, "lib"));
    await writeFile(
      join(folder, "lib", "DynamoDBLocal.jar"),
      await readFile(join(folder, "pom.xml")),
    );
  };

  test("is kept in the user's cache folder, by version", () => {
    expect(dynamoDbLocalFolder("/cache")).toBe(
      join("/cache", "algoitny", "dynamodb-local", "3.1.0"),
    );
  });

  test("is downloaded once", async () => {
    const folder = join(await temporaryFolder(), "dynamodb-local", "3.1.0");
    let fetches = 0;
    const counted: Maven = async (args, draft) => {
      fetches += 1;
      await maven(args, draft);
    };
    await fetchDynamoDbLocal(folder, log, counted);
    await fetchDynamoDbLocal(folder, log, counted);
    expect(fetches).toBe(1);
    expect(lines).toEqual(["fetching DynamoDB Local 3.1.0 from Maven Central (once, 48 MB)"]);
    expect(await readFile(join(folder, "lib", "DynamoDBLocal.jar"), "utf8")).toContain(
      "<version>3.1.0</version>",
    );
  });

  test("is complete for each of several processes that download it at once, and leaves no temporary files", async () => {
    const folder = join(await temporaryFolder(), "3.1.0");
    await Promise.all(
      [1, 2, 3].map(async () => {
        await fetchDynamoDbLocal(folder, log, maven);
        expect(existsSync(join(folder, "lib", "DynamoDBLocal.jar"))).toBe(true);
      }),
    );
    expect(await readdir(dirname(folder))).toEqual(["3.1.0"]);
  });

  test("leaves nothing behind when it cannot be downloaded, so that the next start tries again", async () => {
    const folder = join(await temporaryFolder(), "3.1.0");
    const broken: Maven = async (args, draft) => {
      await maven(args, draft);
      throw new Error("no network");
    };
    await expect(fetchDynamoDbLocal(folder, log, broken)).rejects.toThrow("no network");
    expect(await readdir(dirname(folder))).toEqual([]);
  });
});

describe("a server program that does not start", () => {
  test("is reported with its output", async () => {
    const failing = {
      name: "engine",
      command: "/bin/sh",
      args: () => ["-c", "echo disk full >&2; exit 1"],
    };
    await expect(startServerProcess(failing)).rejects.toThrow("engine did not start: disk full");
  });

  test("is named when it is not installed", async () => {
    const missing = { name: "engine", command: "no-such-program", args: () => [] };
    await expect(startServerProcess(missing)).rejects.toThrow(
      /engine did not start: .*no-such-program/,
    );
  });

  test("is started on another port when another process took its port", async () => {
    const ports = new Set<number>();
    const unlucky = {
      name: "engine",
      command: "/bin/sh",
      args: (port: number) => {
        ports.add(port);
        return ["-c", "echo Address already in use >&2; exit 1"];
      },
    };
    await expect(startServerProcess(unlucky)).rejects.toThrow("already in use");
    expect(ports.size).toBeGreaterThan(1);
  });

  test("finds its temporary folder on each port, and leaves none behind", async () => {
    const scratch = join(await temporaryFolder(), "scratch");
    const seen = join(dirname(scratch), "seen");
    const unlucky = {
      name: "engine",
      command: "/bin/sh",
      args: () => ["-c", `ls -d ${scratch} >> ${seen}; echo Address already in use >&2; exit 1`],
      scratch,
    };
    await expect(startServerProcess(unlucky)).rejects.toThrow("already in use");
    expect((await readFile(seen, "utf8")).trim().split("\n")).toEqual([scratch, scratch, scratch]);
    expect(existsSync(scratch)).toBe(false);
  });
});
