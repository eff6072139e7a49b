import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { promisify } from "node:util";
import { startServerProcess, type ServerProcess } from "./server-process.ts";

/** 3.2.0 and 3.3.0 have a pom on Maven Central but no jar. */
export const DYNAMODB_LOCAL_VERSION = "3.1.0";

const FETCH_WITHIN_MS = 300_000;

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>algoitny</groupId><artifactId>dynamodb-local</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies><dependency>
    <groupId>software.amazon.dynamodb</groupId><artifactId>DynamoDBLocal</artifactId><version>${DYNAMODB_LOCAL_VERSION}</version>
  </dependency></dependencies>
</project>
`;

/** Folder that keeps DynamoDB Local's jars between runs: 48 MB. */
export function dynamoDbLocalFolder(
  cacheHome: string = process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"),
): string {
  return join(cacheHome, "algoitny", "dynamodb-local", DYNAMODB_LOCAL_VERSION);
}

/** Runs `mvn` in a folder; a parameter, so that a test can count the calls. */
export type Maven = (args: string[], folder: string) => Promise<void>;

/**
 * Downloads the jars unless `folder` already has them. The folder appears complete or not at all, so any number of processes
 * may call this concurrently.
 */
export async function fetchDynamoDbLocal(
  folder: string,
  log: (line: string) => void,
  maven: Maven = runMaven,
): Promise<void> {
  if (existsSync(folder)) return;
  log(`fetching DynamoDB Local ${DYNAMODB_LOCAL_VERSION} from Maven Central (once, 48 MB)`);
  await mkdir(dirname(folder), { recursive: true });
  const draft = await mkdtemp(`${folder}.`);
  try {
    await writeFile(join(draft, "pom.xml"), POM);
    await maven(["-q", "-B", "dependency:copy-dependencies", "-DoutputDirectory=lib"], draft);
    await rename(draft, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error; // Otherwise another process was first, with the same jars.
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/**
 * Starts DynamoDB Local, in memory or over SQLite files in `dataDir`. It listens on every interface, because it has no
 * option for an address.
 */
export async function startDynamoDbLocal(
  folder: string,
  dataDir: string | undefined,
  log: (line: string) => void,
): Promise<ServerProcess> {
  const lib = join(folder, "lib");
  const data = dataDir === undefined ? undefined : join(dataDir, "dynamodb-local");
  if (data !== undefined) {
    await mkdir(data, { recursive: true });
    indexStreams(join(data, SHARED_FILE), log);
  }
  const storage = data === undefined ? ["-inMemory"] : ["-dbPath", data];
  return startServerProcess({
    name: "DynamoDB Local (needs `java`, 17 or newer, on PATH)",
    command: "java",
    args: (port) => [
      // The next two options of the JVM halve the processor time of the start.
      "-XX:TieredStopAtLevel=1",
      "-XX:+UseSerialGC",
      `-Djava.library.path=${lib}`,
      "-cp",
      join(lib, "*"),
      "software.amazon.dynamodb.services.local.main.ServerRunner",
      // Clients of any region and access key share one set of tables.
      "-sharedDb",
      "-disableTelemetry",
      "-port",
      String(port),
      ...storage,
    ],
  });
}

/** Name of DynamoDB Local's file when clients share their tables. */
export const SHARED_FILE = "shared-local-instance.db";

/**
 * Every request and every stream record needs the first record of the table's stream, for which DynamoDB Local reads all
 * records of earlier streams: 6 ms each time after 10,000 of them, and adding an execution takes about 40 such reads. With
 * this index it reads one record.
 */
const INDEX = "CREATE INDEX IF NOT EXISTS algoitny_stream_start ON us (StreamID, SequenceNumber)";

/** Creates the index in an existing file. A new file gets it at the next start: it has no earlier streams yet. */
export function indexStreams(file: string, log: (line: string) => void): void {
  if (!existsSync(file)) return;
  try {
    using database = new DatabaseSync(file, { timeout: 1_000 });
    database.exec(INDEX);
  } catch (error) {
    // Another version of DynamoDB Local may keep its records elsewhere.
    log(`DynamoDB Local's streams stay as they are, requests will slow down: ${String(error)}`);
  }
}

async function runMaven(args: string[], folder: string): Promise<void> {
  try {
    await promisify(execFile)("mvn", args, { cwd: folder, timeout: FETCH_WITHIN_MS });
  } catch (error) {
    throw new Error(
      "could not fetch DynamoDB Local: it needs `mvn` (Maven) on PATH and a way to Maven Central",
      { cause: error },
    );
  }
}
