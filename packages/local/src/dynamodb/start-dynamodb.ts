import { mkdir } from "node:fs/promises";
import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import {
  DYNAMODB_LOCAL_VERSION,
  dynamoDbLocalFolder,
  fetchDynamoDbLocal,
  startDynamoDbLocal,
} from "./dynamodb-local.ts";
import { findDynoxide, startDynoxide } from "./dynoxide.ts";
import { localClientConfig } from "./local-table.ts";

/** A DynamoDB API on this machine, with its Streams API at the same address. */
export interface DynamoDbEngine {
  /** For a banner: `dynoxide 1.2.1 (embedded)`. */
  name: string;
  endpoint: string;
  /** Ends the engine that was started; does not end the one at a given endpoint. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface DynamoDbOptions {
  /** `embedded` (dynoxide, the default) or `local` (DynamoDB Local, downloaded once: needs Java 17 and Maven). */
  engine?: "embedded" | "local" | undefined;
  /** Address of a running DynamoDB; nothing is started. */
  endpoint?: string | undefined;
  /** Folder that keeps data over restarts; without it, data ends with the engine. */
  dataDir?: string | undefined;
  log?: ((line: string) => void) | undefined;
}

/** Starts a DynamoDB engine on a free port, or takes the one at `endpoint`, and waits until it answers. */
export async function startDynamoDb(options: DynamoDbOptions = {}): Promise<DynamoDbEngine> {
  const { engine = "embedded", endpoint, dataDir, log = () => {} } = options;
  if (endpoint !== undefined) {
    await requireAnswer(endpoint);
    return disposable(`DynamoDB at ${endpoint}`, endpoint, () => Promise.resolve());
  }
  if (dataDir !== undefined) await mkdir(dataDir, { recursive: true });
  if (engine === "local") {
    const folder = dynamoDbLocalFolder();
    await fetchDynamoDbLocal(folder, log);
    const server = await startDynamoDbLocal(folder, dataDir, log);
    return disposable(`DynamoDB Local ${DYNAMODB_LOCAL_VERSION}`, server.endpoint, server.close);
  }
  const binary = findDynoxide();
  if (binary === undefined) throw new Error(noEngine());
  const server = await startDynoxide(binary, dataDir, log);
  const version = server.firstResponse.headers.get("x-dynoxide-version") ?? "of unknown version";
  return disposable(`dynoxide ${version} (embedded)`, server.endpoint, server.close);
}

async function requireAnswer(endpoint: string): Promise<void> {
  const client = new DynamoDBClient(localClientConfig(endpoint));
  try {
    await client.send(new ListTablesCommand({ Limit: 1 }));
  } catch (cause) {
    throw new Error(`no DynamoDB answers at ${endpoint}: check DYNAMODB_ENDPOINT`, { cause });
  } finally {
    client.destroy();
  }
}

/** Error text for a platform without an engine in npm: the ways to get one. */
export function noEngine(platform: string = `${process.platform}-${process.arch}`): string {
  return [
    `no DynamoDB engine for ${platform}. Three ways to get one:`,
    "  1. put the `dynoxide` binary on PATH (https://github.com/nubo-db/dynoxide; on linux-x64 `npm ci` brings it)",
    "  2. use DynamoDB Local with --dynamodb local (needs Java 17 and Maven; fetched once)",
    "  3. point DYNAMODB_ENDPOINT at a DynamoDB that runs already",
  ].join("\n");
}

function disposable(name: string, endpoint: string, close: () => Promise<void>): DynamoDbEngine {
  return { name, endpoint, close, [Symbol.asyncDispose]: close };
}
