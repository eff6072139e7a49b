import type { Cache } from "../cache.ts";
import { CacheError, refuse } from "../errors.ts";
import { describe, checkGiven } from "../faults.ts";
import type { LoadReads } from "../recording/load-reads.ts";
import type { Tag } from "../tag.ts";
import type { ChainCheck } from "./check-chain.ts";
import { createKeySchemas, type KeyNames } from "./key-schemas.ts";
import { fineScopes, type ScopeOptions } from "./fine-scopes.ts";
import { tableName, tableTag } from "./place.ts";
import type { Client, Command, Input, Send } from "./sdk-command.ts";
import type { Invalidations, WritingOptions } from "./writing.ts";

export interface RecorderOptions extends ScopeOptions {
  /**
   * The attribute by which DynamoDB expires items (TTL): an entry expires with the first of the items that its load
   * read, not counting items that had expired before the read.
   */
  ttlAttribute?: string;
  /**
   * Names of the key attributes by table. Default: those seen in requests, then DescribeTable; if both fail, a Put
   * invalidates everything that was read from its table.
   */
  keys?: KeyNames;
}

/** A DynamoDB client whose reads tag entries, and whose writes invalidate them. */
export interface Recorder<Kind extends Client> {
  /**
   * The client for one load: `dynamodb.for(context.reads)`. Its reads are strongly consistent, except those of an index
   * without `ConsistentRead`; the answers to recorded reads lack `ConsumedCapacity` and `ScannedCount`. `for` throws if
   * the resource lacks `tags: "reads"`.
   */
  for(reads: LoadReads | undefined): Kind;
  /** The client for writes: it invalidates the affected entries before `send` resolves. */
  writing(cache: Invalidations, options?: WritingOptions): Kind;
  /**
   * Runs writes that belong together, with one invalidation at their end, also after a failure. A mutation that writes
   * nothing invalidates what it read: an earlier attempt may have written, and failed to invalidate.
   */
  mutation<T>(cache: Invalidations, work: (client: Kind) => Promise<T>): Promise<T>;
  /** Tag of everything that was read from a table: invalidate it after a restore or an import. */
  table(name: string): Tag;
  /**
   * Tests with a probe item that a change reaches the cache through the stream of each table. `streamMs` is the time that
   * the slowest stream took. The error of a failed test says what is missing.
   */
  check(cache: Cache, options: ChainCheck): Promise<{ streamMs: number }>;
}

/**
 * Makes a recording client from a document client or a plain client of the AWS SDK v3.
 *
 * @example
 * const dynamodb = recorder(DynamoDBDocumentClient.from(new DynamoDBClient({})));
 * const book = defineResource({
 *   name: "book",
 *   tags: "reads",
 *   ttl: "1 hour",
 *   load: async (isbn: string, _: void, { reads }) => {
 *     const { Item } = await dynamodb.for(reads).send(new GetCommand({ TableName: "books", Key: { isbn } }));
 *     return Item as { isbn: string; title: string } | undefined;
 *   },
 * });
 */
export function recorder<Kind extends Client>(
  client: Kind,
  options: RecorderOptions = {},
): Recorder<Kind> {
  if (typeof client?.send !== "function")
    refuse(`recorder: got ${describe(client)}: pass a client of the AWS SDK v3`);
  checkGiven(options, "ttlAttribute keys scopes", "recorder: ");
  const { ttlAttribute, keys = {} } = options;
  const bare: Send = (command, ...rest) =>
    client.send(...([command, ...rest] as never[])) as Promise<Input>;
  const schemas = createKeySchemas(client, keys);
  const scopes = fineScopes(options.scopes, "recorder");
  // Hits use no part of the client, and readers do not write: each part is loaded by its first use.
  const reader = once(async () => {
    const { createReader } = await import("./load-requests.ts");
    return createReader(bare, { schemas, scopes, ttlAttribute });
  });
  const writer = once(async () => {
    const { createWriter } = await import("./writing.ts");
    return createWriter(bare, { schemas, scopes });
  });

  const bound = (send: Send): Kind =>
    Object.create(client, {
      send: { value: (command: Command, ...rest: unknown[]) => send(command, ...given(rest)) },
    }) as Kind;

  const forLoad = (reads: LoadReads | undefined): Kind => {
    // Throws rather than return the plain client, which would fill entries that no write invalidates.
    if (typeof reads?.before !== "function")
      refuse(
        'for: this load is not recorded: give its resource tags: "reads", or read with the client itself',
      );
    return bound(async (...sent) => (await reader())(reads, ...sent));
  };

  return {
    for: forLoad,
    writing: (cache, own = {}) => {
      checkCache("writing", cache);
      checkGiven(own, "guarded", "writing: ");
      return bound(async (...sent) => (await writer()).write(cache, own, ...sent));
    },
    mutation: async (cache, work) => {
      checkCache("mutation", cache);
      if (typeof work !== "function")
        refuse(`mutation: argument 2 is ${describe(work)}: pass a function that gets the client`);
      return (await writer()).mutation(cache, (send) => work(bound(send)));
    },
    table: (name) => tableTag(tableName(name)),
    check: async (cache, probed) => {
      checkCache("check", cache);
      const { checkChain } = await import("./check-chain.ts");
      return checkChain(cache, { read: forLoad, bare }, probed);
    },
  };
}

/** Refuses a wrong value in place of a cache, before the first write. */
export function checkCache(operation: string, cache: unknown): void {
  if (typeof (cache as Partial<Cache> | undefined)?.invalidate !== "function")
    refuse(`${operation}: argument 1 is ${describe(cache)}: pass a Cache`);
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}

/** Further arguments of `send`; DynamoDBDocument passes on omitted ones as undefined. */
function given(rest: unknown[]): unknown[] {
  if (rest.some((each) => typeof each === "function"))
    throw new CacheError(
      "definition_invalid",
      "send: await its promise; callbacks are not recorded",
    );
  return rest.filter((each) => each !== undefined);
}
