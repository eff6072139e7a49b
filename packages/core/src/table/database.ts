import { DynamoDBClient, type DynamoDBClientConfig } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import type { Tag } from "../tags.ts";
import type { Change } from "./entities.ts";
import type { Key } from "./keys.ts";
import { readNumber } from "./number.ts";

/** An item as it is read. */
export interface Item extends Key {
  readonly [attribute: string]: unknown;
}

/**
 * Makes a write after which some reader sees less than before; `changes` are its effects, `names` the tags of recorded reads
 * that it affects.
 */
export type Hide = <T>(
  changes: readonly Change[],
  write: () => Promise<T>,
  names?: readonly Tag[],
) => Promise<T>;

/** Announces a write with the tags of recorded reads that it affects, and makes it. */
export type Announce = <T>(names: readonly Tag[], write: () => Promise<T>) => Promise<T>;

/** The table and its client; every read and write of this package goes through `send`. */
export interface Database {
  readonly tableName: string;
  readonly send: DynamoDBDocumentClient["send"];
  /** Called for every write that hides something, so that caches are notified before it is made. */
  readonly hide: Hide;
  /** The `send` of those writes: announces each with the tags of the recorded reads that it affects. Default: `send`. */
  readonly guardedSend?: ((announce: Announce) => DynamoDBDocumentClient["send"]) | undefined;
  /** Called for items that an earlier attempt of a write may have changed, if this attempt writes nothing. */
  readonly inDoubt?: ((items: readonly Key[]) => Promise<void>) | undefined;
  /** Called with an item that cannot be read or is inconsistent, such as after a manual write. */
  readonly onUnreadable?: ((key: Key, error: unknown) => void) | undefined;
}

export interface DatabaseOptions {
  tableName: string;
  /** Endpoint of an engine other than AWS: `http://127.0.0.1:8000`. Default: the SDK's, from the environment. */
  endpoint?: string | undefined;
  /** Called once for every command, whatever its attempts, so that an answer can say how many it took. */
  onCall?: (() => void) | undefined;
  /** Default: just makes the write. */
  hide?: Hide | undefined;
  inDoubt?: Database["inDoubt"];
  onUnreadable?: Database["onUnreadable"];
  /** Shared by databases that differ only in their hooks; it keeps one set of connections open. */
  client?: DynamoDBDocumentClient | undefined;
  /** Makes the client of writes that hide something. Default: `client`. */
  guarded?: ((announce: Announce) => DynamoDBDocumentClient) | undefined;
}

/** Two failed attempts take 6 seconds, which leaves a request with a limit of 10 seconds the time to report the failure. */
const ATTEMPTS = 2;
const CONNECTION_TIMEOUT_MS = 2_500;
const REQUEST_TIMEOUT_MS = 3_000;
/**
 * Time limit for a local engine, which shares this machine and its load: 200 writes of one item take seconds, and so do 50 new
 * connections at once. A connection to an engine that has ended is refused at once.
 */
const LOCAL_TIMEOUT_MS = 30_000;

export function createDatabase({
  tableName,
  endpoint,
  onCall,
  hide = (_, write) => write(),
  inDoubt,
  onUnreadable,
  client = createClient(endpoint),
  guarded,
}: DatabaseOptions): Database {
  const sendBy = (each: DynamoDBDocumentClient) =>
    ((...request: Parameters<DynamoDBDocumentClient["send"]>) => {
      onCall?.();
      return each.send(...request);
    }) as DynamoDBDocumentClient["send"];
  const guardedSend = guarded && ((announce: Announce) => sendBy(guarded(announce)));
  return { tableName, send: sendBy(client), guardedSend, hide, inDoubt, onUnreadable };
}

/** Makes a write that hides something, after the caches were notified. */
export function hiding<T>(
  db: Database,
  changes: readonly Change[],
  write: (db: Database) => Promise<T>,
): Promise<T> {
  const { hide, guardedSend } = db;
  if (!guardedSend) return hide(changes, () => write(db));
  // One announcement has the tags of the rules and those of recorded reads, which only the client knows.
  return write({ ...db, send: guardedSend((names, send) => hide(changes, send, names)) });
}

/** A client that keeps its connections open and omits undefined attributes. */
export function createClient(endpoint?: string): DynamoDBDocumentClient {
  const local = endpoint !== undefined;
  const requestTimeout = local ? LOCAL_TIMEOUT_MS : REQUEST_TIMEOUT_MS;
  const client = new DynamoDBClient({
    maxAttempts: ATTEMPTS,
    logger: LOGGER,
    requestHandler: {
      connectionTimeout: local ? LOCAL_TIMEOUT_MS : CONNECTION_TIMEOUT_MS,
      // Until the answer begins: without `throwOnRequestTimeout` the client only warns and keeps waiting.
      requestTimeout,
      throwOnRequestTimeout: true,
      // Between two chunks of the answer.
      socketTimeout: requestTimeout,
    },
    ...(local ? { endpoint, ...LOCAL_IDENTITY } : {}),
  });
  return DynamoDBDocumentClient.from(client, {
    marshallOptions: { removeUndefinedValues: true },
    unmarshallOptions: { wrapNumbers: readNumber },
  });
}

const ignore = () => {};

/**
 * Silent, like the default, but without `info`: with a logger that has one, even a silent one, the client copies every
 * answer for it, which is a third of the work of reading the whole catalogue.
 */
const LOGGER = {
  trace: ignore,
  debug: ignore,
  warn: ignore,
  error: ignore,
} as unknown as NonNullable<DynamoDBClientConfig["logger"]>;

/** The SDK requires a region and credentials; other engines than AWS ignore them. */
const LOCAL_IDENTITY = {
  region: "us-east-1",
  credentials: { accessKeyId: "local", secretAccessKey: "local" },
};
