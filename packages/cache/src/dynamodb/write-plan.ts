import type { Tag } from "../tag.ts";
import { namesOf, touchedBetween, valuesIn } from "./change-names.ts";
import type { Input, WriteOperation } from "./sdk-command.ts";
import { attributesIn, UnknownGrammar } from "./read-expression.ts";
import type { FineScopes } from "./fine-scopes.ts";
import type { Codec } from "./key-value.ts";
import type { KeySchemas } from "./key-schemas.ts";
import { type Attributes, keyOf, tableName, tableTag } from "./place.ts";

/** The request of a write, and the names that it invalidates. */
export interface WritePlan {
  /** Requests the old image where that costs nothing. */
  readonly input: Input;
  /** Names from the request only. */
  readonly byRequest: ReadonlySet<Tag>;
  /** Names from the request and the item's old image, if the answer shows that image; otherwise `byRequest`. */
  readonly byAnswer: (answer: Input) => ReadonlySet<Tag>;
  /** The answer without the old image, unless the caller asked for that. */
  readonly clean: (answer: Input) => Input;
}

/** The tables' keys and the kinds of scopes, from which the names of writes are made. */
export interface Known {
  readonly schemas: KeySchemas;
  readonly scopes: FineScopes;
}

/** The part of a transaction or batch that concerns one item, or a write of one item. */
interface OneWrite {
  readonly table: string;
  readonly kind: "Put" | "Update" | "Delete";
  readonly input: Input;
}

export async function planWrite(
  operation: WriteOperation,
  input: Input,
  { codec, schemas, scopes }: Known & { codec: Codec },
): Promise<WritePlan> {
  const writes = writesIn(operation, input);
  const keys = await Promise.all(writes.map((write) => keyOfWrite(write, codec, schemas)));
  const byRequest = new Set(
    writes.flatMap((write, index) => [
      ...requestNames(write, keys[index] ?? null, { codec, scopes }),
    ]),
  );
  const [one] = writes;
  const isSingle = operation !== "BatchWriteItem" && operation !== "TransactWriteItems";
  const asked: unknown = input.ReturnValues ?? "NONE";
  if (!isSingle || one === undefined || (asked !== "NONE" && asked !== "ALL_OLD"))
    return { input, byRequest, byAnswer: () => byRequest, clean: (answer) => answer };
  const key = keys[0] ?? null;
  return {
    input: { ...input, ReturnValues: "ALL_OLD" },
    byRequest,
    byAnswer: (answer) => {
      // After a retry, the old image may be the result of an earlier attempt.
      if (answer?.$metadata?.attempts !== 1) return byRequest;
      return answerNames(one, key, { before: answer.Attributes, codec, scopes }) ?? byRequest;
    },
    clean: (answer) => {
      if (asked === "ALL_OLD") return answer;
      const { Attributes: _old, ...rest } = answer ?? {};
      return rest;
    },
  };
}

function writesIn(operation: WriteOperation, input: Input): OneWrite[] {
  switch (operation) {
    case "BatchWriteItem":
      return Object.entries<Input[]>(input.RequestItems ?? {}).flatMap(([table, requests]) =>
        requests.map(({ PutRequest, DeleteRequest }) => ({
          table,
          kind: PutRequest ? "Put" : "Delete",
          input: PutRequest ?? DeleteRequest,
        })),
      );
    case "TransactWriteItems":
      return (input.TransactItems ?? []).flatMap((item: Input) =>
        (["Put", "Update", "Delete"] as const).flatMap((kind) =>
          item[kind] ? [{ table: item[kind].TableName, kind, input: item[kind] }] : [],
        ),
      );
    default: {
      const kind = operation.replace("Item", "") as OneWrite["kind"];
      return [{ table: input.TableName, kind, input }];
    }
  }
}

async function keyOfWrite(
  { table, kind, input }: OneWrite,
  codec: Codec,
  schemas: KeySchemas,
): Promise<Attributes | null> {
  if (kind !== "Put") return keyOf(input.Key ?? {}, codec);
  const names = await schemas.of(table);
  if (names === null) return null;
  return keyOf(Object.fromEntries(names.map((name) => [name, input.Item?.[name]])), codec);
}

/** Names of a write from its request alone: its answer contains no image, or it failed but may have been applied. */
function requestNames(
  { table: name, kind, input }: OneWrite,
  key: Attributes | null,
  { codec, scopes }: { codec: Codec; scopes: FineScopes },
): ReadonlySet<Tag> {
  const table = tableName(name);
  if (key === null) return new Set([tableTag(table)]);
  if (kind !== "Update") {
    const values = valuesIn(input.Item, codec);
    return namesOf({ table, key, attributes: [], mayComeOrGo: true, values }, scopes);
  }
  try {
    const touched = {
      table,
      key,
      attributes: updatedBy(input),
      mayComeOrGo: !requiresItem(input, key),
      values: assigned(input, codec),
    };
    return namesOf(touched, scopes);
  } catch (error) {
    if (error instanceof UnknownGrammar) return new Set([tableTag(table)]);
    throw error;
  }
}

/** Names of a completed write, by the old image; null if those of the request must be used. */
function answerNames(
  write: OneWrite,
  key: Attributes | null,
  { before, codec, scopes }: { before: Input; codec: Codec; scopes: FineScopes },
): ReadonlySet<Tag> | null {
  const { kind, input } = write;
  const table = tableName(write.table);
  if (key === null) return null;
  if (kind !== "Update") {
    const after = kind === "Put" ? input.Item : undefined;
    const touched = touchedBetween(table, key, { before, after, codec });
    const isChanged = touched.mayComeOrGo ? before !== after : touched.attributes.length > 0;
    // A write that changes nothing may repeat one that was applied, and whose invalidation failed.
    return isChanged ? namesOf(touched, scopes) : null;
  }
  // Without an old item, some engines answer with the key only, others with nothing.
  if (Object.keys(before ?? {}).length <= key.length) return null;
  try {
    const attributes = updatedBy(input);
    const old = Object.fromEntries(attributes.map((name) => [name, before[name]]));
    const values = [...assigned(input, codec), ...valuesIn(old, codec)];
    return namesOf({ table, key, attributes, mayComeOrGo: false, values }, scopes);
  } catch (error) {
    if (error instanceof UnknownGrammar) return null;
    throw error;
  }
}

/** Attributes that an update names, in its expression or in the legacy parameters. */
function updatedBy(input: Input): string[] {
  const { UpdateExpression, AttributeUpdates, ExpressionAttributeNames: names } = input;
  return [...attributesIn(UpdateExpression, names), ...Object.keys(AttributeUpdates ?? {})];
}

/** True if the condition certainly refuses the write unless the item exists. */
function requiresItem(
  { ConditionExpression, ExpressionAttributeNames }: Input,
  key: Attributes,
): boolean {
  const [, name = ""] =
    /^\s*attribute_exists\s*\(\s*(#?\w+)\s*\)\s*(?:and\b(?!.*\bor\b).*)?$/is.exec(
      ConditionExpression ?? "",
    ) ?? [];
  const attribute: unknown = name.startsWith("#") ? ExpressionAttributeNames?.[name] : name;
  return key.some(([each]) => each === attribute);
}

/** Values that an update expression assigns plainly; computed ones, and legacy parameters, are left to the stream. */
function assigned(
  { UpdateExpression, ExpressionAttributeNames: names, ExpressionAttributeValues: values }: Input,
  codec: Codec,
): Attributes {
  const found = [...String(UpdateExpression ?? "").matchAll(/(#?\w+)\s*=\s*(:\w+)/g)];
  return found.flatMap(([, name = "", value = ""]) => {
    const attribute: unknown = name.startsWith("#") ? names?.[name] : name;
    const read = codec(values?.[value]);
    return read && typeof attribute === "string" ? [[attribute, read] as const] : [];
  });
}
