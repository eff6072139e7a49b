import { DynamoDBClient, type DynamoDBClientConfig } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import type { Change } from "./entities.ts";
import type { Key } from "./keys.ts";
import { readNumber } from "./number.ts";

/** An item as it is read. */
export interface Item extends Key {
  readonly [attribute: string]: unknown;
}

/** Makes a write after which some reader sees less than before; `changes` are what it is about to do. */
export type Hide = <T>(changes: readonly Change[], write: () => Promise<T>) => Promise<T>;

/** The table and a way to it; every read and write of this package goes through `send`. */
export interface Database {
  readonly tableName: string;
  readonly send: DynamoDBDocumentClient["send"];
  /** Stands around every write that hides something, so that caches hear of it before it is made. */
  readonly hide: Hide;
  /** Sends such a write where caches have names of their own for it, by which they hear of it too. Default: `send`. */
  readonly guardedSend?: DynamoDBDocumentClient["send"] | undefined;
  /** Called with an item that is left out of a list because it cannot be read, such as after a manual write. */
  readonly onUnreadable?: ((key: Key, error: unknown) => void) | undefined;
}

export interface DatabaseOptions {
  tableName: string;
  /** Endpoint of an engine other than AWS: `http://127.0.0.1:8000`. Default: the SDK's, from the environment. */
  endpoint?: string | undefined;
  /** Called once for every request to DynamoDB, so that an answer can say how many it took. */
  onCall?: (() => void) | undefined;
  /** Just makes the write unless said. */
  hide?: Hide | undefined;
  onUnreadable?: Database["onUnreadable"];
  /** Shared by databases that differ in their hook alone; one keeps its connections open. */
  client?: DynamoDBDocumentClient | undefined;
  /** Client of writes that hide something. Default: `client`. */
  guarded?: DynamoDBDocumentClient | undefined;
}

/** Two tries in vain take 6 seconds: a request that is answered within 10 can still say so. */
const ATTEMPTS = 2;
const CONNECTION_TIMEOUT_MS = 2_500;
const REQUEST_TIMEOUT_MS = 3_000;
/** An engine at an own endpoint shares this machine, whose load is not the request's fault: 200 writes of one item take seconds. */
const LOCAL_REQUEST_TIMEOUT_MS = 30_000;

export function createDatabase({
  tableName,
  endpoint,
  onCall,
  hide = (_, write) => write(),
  onUnreadable,
  client = createClient(endpoint),
  guarded,
}: DatabaseOptions): Database {
  const sendBy = (each: DynamoDBDocumentClient) =>
    ((...request: Parameters<DynamoDBDocumentClient["send"]>) => {
      onCall?.();
      return each.send(...request);
    }) as DynamoDBDocumentClient["send"];
  const guardedSend = guarded && sendBy(guarded);
  return { tableName, send: sendBy(client), guardedSend, hide, onUnreadable };
}

/** Makes a write that hides something, when the caches have heard of it. */
export function hiding<T>(
  db: Database,
  changes: readonly Change[],
  write: (db: Database) => Promise<T>,
): Promise<T> {
  const { send, guardedSend = send } = db;
  return db.hide(changes, () => write({ ...db, send: guardedSend }));
}

/** A client that keeps its connections open and leaves out undefined attributes. */
export function createClient(endpoint?: string): DynamoDBDocumentClient {
  const requestTimeout = endpoint === undefined ? REQUEST_TIMEOUT_MS : LOCAL_REQUEST_TIMEOUT_MS;
  const client = new DynamoDBClient({
    maxAttempts: ATTEMPTS,
    logger: LOGGER,
    requestHandler: {
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      // Until the answer begins: without the second option the client warns and waits on.
      requestTimeout,
      throwOnRequestTimeout: true,
      // Between two pieces of the answer.
      socketTimeout: requestTimeout,
    },
    ...(endpoint === undefined ? {} : { endpoint, ...LOCAL_IDENTITY }),
  });
  return DynamoDBDocumentClient.from(client, {
    marshallOptions: { removeUndefinedValues: true },
    unmarshallOptions: { wrapNumbers: readNumber },
  });
}

const ignore = () => {};

/**
 * Silent, as the client is by itself, and without `info`: where there is one, even a silent one, the client copies every
 * answer for it, which is a third of the work of reading the whole catalogue.
 */
const LOGGER = {
  trace: ignore,
  debug: ignore,
  warn: ignore,
  error: ignore,
} as unknown as NonNullable<DynamoDBClientConfig["logger"]>;

/** An engine that is not AWS asks for a region and credentials too, but looks at neither. */
const LOCAL_IDENTITY = {
  region: "us-east-1",
  credentials: { accessKeyId: "local", secretAccessKey: "local" },
};
