import { randomInt, randomUUID } from "node:crypto";
import { peer } from "../peer.ts";
import type { Cache } from "../cache.ts";
import { defineResource } from "../define-resource.ts";
import { type Duration, toMs } from "../duration.ts";
import { CacheError, refuse } from "../errors.ts";
import { checkGiven, describe } from "../faults.ts";
import type { LoadReads } from "../recording/load-reads.ts";
import type { Client, Command, Input, Send } from "./sdk-command.ts";

export interface ChainCheck {
  /** Tables whose streams are probed. */
  tables: readonly string[];
  /** Longest time from a write to its invalidation. Default "5 seconds". */
  within?: Duration;
}

/** A probe item's numeric key is −n, with a random n below this; `randomInt` refuses ranges of 2^48 or more. */
const MOST_RANDOM = 2 ** 48 - 1;

/** Pause between two checks of whether the entry is invalidated: 20 ms. */
const PAUSE_MS = 20;

/** Prefix of the probe item's text and binary values. */
const PROBE = "@algoitny/cache:probe:";

/** A recorder's clients: one that records the reads of a load, and one that records nothing and invalidates nothing. */
interface Clients {
  readonly read: (reads: LoadReads | undefined) => Client;
  readonly bare: Send;
}

/**
 * Reads a probe item of each table into an entry, writes the item with a client that invalidates nothing, and waits until
 * the stream has invalidated the entry. The probe item is deleted at the end.
 */
export async function checkChain(
  cache: Cache,
  clients: Clients,
  options: ChainCheck,
): Promise<{ streamMs: number }> {
  checkGiven(options, "tables within", "check: ");
  const { tables, within = "5 seconds" } = options;
  if (!Array.isArray(tables) || tables.length === 0)
    refuse(
      `check: tables is ${Array.isArray(tables) ? "empty" : describe(tables)}: pass a list of names`,
    );
  await cache.check();
  let streamMs = 0;
  for (const table of tables)
    streamMs = Math.max(streamMs, await probe(cache, clients, { table, limitMs: toMs(within) }));
  return { streamMs };
}

/** The table, and a text that no other check uses. */
interface Probe {
  readonly table: string;
  readonly id: string;
}

interface ProbeSource {
  readonly send: (reads: LoadReads | undefined) => Client;
  readonly get: object;
}

/** The probe item as an application would cache it. */
const probeItem = defineResource({
  name: "dynamodb_probe",
  tags: "reads",
  ttl: "1 minute",
  key: ({ table, id }: Probe) => [table, id],
  load: async (_, { send, get }: ProbeSource, { reads }) => {
    const { Item } = (await send(reads).send(get as never)) as Input;
    return (Item?.["probe"]?.S as string | undefined) ?? "none";
  },
});

async function probe(
  cache: Cache,
  { read, bare }: Clients,
  { table, limitMs }: { table: string; limitMs: number },
): Promise<number> {
  const sdk = await peer("@aws-sdk/client-dynamodb", () => import("@aws-sdk/client-dynamodb"));
  const send = (command: object) => bare(command as Command);
  const { Table } = await send(new sdk.DescribeTableCommand({ TableName: table }));
  const types = new Map<string, string>(
    Table.AttributeDefinitions.map((each: Input) => [each.AttributeName, each.AttributeType]),
  );
  const id = `${PROBE}${randomUUID()}`;
  const number = `-${randomInt(1, MOST_RANDOM)}`;
  const key = Object.fromEntries(
    Table.KeySchema.map(({ AttributeName: name }: Input) => {
      const type = types.get(name) ?? "S";
      const value = type === "B" ? new TextEncoder().encode(id) : type === "N" ? number : id;
      return [name, { [type]: value }];
    }),
  );
  const { StreamViewType: view } = Table.StreamSpecification ?? {};
  if (view !== "NEW_AND_OLD_IMAGES") throw broken(noImages(table, view), table);
  const source = { send: read, get: new sdk.GetItemCommand({ TableName: table, Key: key }) };
  await cache.get(probeItem, { table, id }, { source });
  if (!(await cache.peek(probeItem, { table, id })))
    throw broken("the read of its probe item was not stored", table);
  const startMs = performance.now();
  // The write fails if the item exists: the check overwrites nothing.
  const [name = ""] = Object.keys(key);
  const absent = {
    ConditionExpression: "attribute_not_exists(#key)",
    ExpressionAttributeNames: { "#key": name },
  };
  const item = { ...key, probe: { S: id } };
  await send(new sdk.PutItemCommand({ TableName: table, Item: item, ...absent }));
  try {
    while (await cache.peek(probeItem, { table, id })) {
      if (performance.now() - startMs > limitMs)
        throw broken(
          `no invalidation within ${limitMs} ms: map to its stream a function whose handler is streamHandler(cache), over the same store and prefix`,
          table,
        );
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
    return Math.round(performance.now() - startMs);
  } finally {
    await send(new sdk.DeleteItemCommand({ TableName: table, Key: key }));
  }
}

function noImages(table: string, view: string | undefined): string {
  const update = `aws dynamodb update-table --table-name ${table} --stream-specification StreamEnabled=`;
  const enable = `${update}true,StreamViewType=NEW_AND_OLD_IMAGES`;
  return view === undefined
    ? `it has no stream: ${enable}`
    : `it has a stream of ${view}, whose type cannot be changed: disable it (${update}false), then enable a new one (${enable}), and map the function to the new stream's ARN`;
}

function broken(what: string, table: string): CacheError {
  return new CacheError("invalidation_failed", `table ${table}: ${what}`);
}
