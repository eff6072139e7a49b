import { peer } from "../peer.ts";
import { unwatched } from "../recording/foreign.ts";
import { atEndOfTick } from "../recording/stamping.ts";
import { itemsIn } from "./items-in.ts";
import type { Command, Input, Send } from "./sdk-command.ts";
import { attributesIn } from "./read-expression.ts";
import type { Codec } from "./key-value.ts";

/** Highest number of keys in one BatchGetItem: 100. */
const KEYS_AT_ONCE = 100;

/** A GetItem that waits for the others of its tick. */
interface Waiting {
  readonly command: Command;
  readonly codec: Codec;
  readonly isDocument: boolean;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Sends GetItems; those of one tick whose parameters differ in the key only are sent together, up to 100 in a
 * BatchGetItem. Each arrives here after its stamps were created, so the stamps of all of them are older than the request.
 * No read joins a request that has been sent.
 */
export function createJoiner(
  send: Send,
): (get: Omit<Waiting, "resolve" | "reject">) => Promise<unknown> {
  const waiting = new Map<string, Waiting[]>();
  return (get) =>
    new Promise((resolve, reject) => {
      const { Key: _key, ...alike } = get.command.input as { Key: unknown };
      const group = JSON.stringify([get.isDocument, alike]);
      const others = waiting.get(group);
      const own = { ...get, resolve, reject };
      if (others) others.push(own);
      else {
        waiting.set(group, [own]);
        atEndOfTick(() => {
          const all = waiting.get(group) ?? [];
          waiting.delete(group);
          for (let at = 0; at < all.length; at += KEYS_AT_ONCE)
            void unwatched(() => sendTogether(send, all.slice(at, at + KEYS_AT_ONCE)));
        });
      }
    });
}

/** Never rejects: each read has its own result. */
async function sendTogether(send: Send, gets: readonly Waiting[]): Promise<void> {
  const [one] = gets;
  if (one === undefined) return;
  const batch = gets.length > 1 ? await batchOf(gets).catch(() => null) : null;
  let answers = new Map<string, unknown>();
  let isWhole = false;
  if (batch) {
    try {
      const reply = await send(batch.command);
      answers = batch.itemsByKey(reply);
      // An item whose key cannot be read, for instance because the client transforms items, may be any of those that seem
      // absent.
      const areKnown = [...answers.keys()].every((key) => batch.keys.has(key));
      isWhole = areKnown && Object.keys(reply.UnprocessedKeys ?? {}).length === 0;
    } catch {
      // Each read is then sent alone, so that a key that DynamoDB refuses fails only its own read.
    }
  }
  for (const get of gets) {
    const key = keyText(get.command.input.Key, get.codec);
    if (batch && (isWhole || answers.has(key))) {
      const Item = answers.get(key);
      get.resolve({ $metadata: {}, ...(Item === undefined ? {} : { Item: copyOf(Item) }) });
    } else send(get.command).then(get.resolve, get.reject);
  }
}

/** Prefix of the aliases of key attributes, which are requested if the projection leaves them out. */
const ALIAS = "#recorded_key_";

async function batchOf(gets: readonly Waiting[]) {
  const [{ command, codec, isDocument }] = gets as readonly [Waiting];
  const { TableName, Key, ...asked } = command.input;
  const unique = new Map(gets.map((get) => [keyText(get.command.input.Key, codec), get]));
  const attributes = Object.keys(Key);
  const { ProjectionExpression: projection, ExpressionAttributeNames: names } = asked;
  const shown = new Set(attributesIn(projection, names));
  const added = projection === undefined ? [] : attributes.filter((each) => !shown.has(each));
  const aliases = added.map((attribute, index) => [`${ALIAS}${index}`, attribute] as const);
  const request = {
    ...asked,
    Keys: [...unique.values()].map((get) => get.command.input.Key),
    ...(added.length > 0 && {
      ProjectionExpression: [projection, ...aliases.map(([alias]) => alias)].join(", "),
      ExpressionAttributeNames: { ...names, ...Object.fromEntries(aliases) },
    }),
  };
  const kind = isDocument
    ? (await peer("@aws-sdk/lib-dynamodb", () => import("@aws-sdk/lib-dynamodb"))).BatchGetCommand
    : (await peer("@aws-sdk/client-dynamodb", () => import("@aws-sdk/client-dynamodb")))
        .BatchGetItemCommand;
  const itemsByKey = (reply: Input) => {
    return new Map(
      itemsIn("BatchGetItem", reply).map((item) => {
        const key = Object.fromEntries(attributes.map((name) => [name, item[name]]));
        const kept = Object.entries(item).filter(([name]) => !added.includes(name));
        return [keyText(key, codec), Object.fromEntries(kept)];
      }),
    );
  };
  return {
    command: new (kind as new (input: Input) => Command)({
      RequestItems: { [TableName]: request },
    }),
    keys: unique,
    itemsByKey,
  };
}

function keyText(key: Input, codec: Codec): string {
  const values = Object.entries<unknown>(key).map(([name, value]) => [name, codec(value)]);
  return JSON.stringify(
    values.toSorted(([one], [other]) => (String(one) < String(other) ? -1 : 1)),
  );
}

/** Loads of the same item may each modify their copy, except the bytes of binary values, which they share. */
function copyOf<T>(value: T): T {
  if (Array.isArray(value)) return value.map(copyOf) as T;
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Set) return new Set(value) as T;
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, copyOf(each)])) as T;
}
