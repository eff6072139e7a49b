import { unwatched } from "../recording/foreign.ts";
import type { Client, Input } from "./sdk-command.ts";
import { tableName } from "./place.ts";

/** Names of the key attributes, by table. */
export type KeyNames = Readonly<Record<string, readonly string[]>>;

export interface KeySchemas {
  /** Records the names of the key attributes in a request that DynamoDB has accepted: in others they may be misspelled. */
  learn(operation: string, input: Input): void;
  /** Names of a table's key attributes; null if they are unknown. */
  of(table: string): Promise<readonly string[] | null>;
}

/** Knows the key attributes of tables: a Put does not say which attributes of its item are the key. */
export function createKeySchemas(client: Client, given: KeyNames): KeySchemas {
  const known = new Map<string, readonly string[]>(Object.entries(given));
  const asking = new Map<string, Promise<readonly string[] | null>>();
  const note = (table: string, key: Input) => {
    const name = tableName(table);
    const named = Object.keys(key ?? {}).filter((attribute) => key[attribute] !== undefined);
    if (!known.has(name) && named.length > 0) known.set(name, named);
  };
  return {
    learn: (operation, input) => {
      if (input.Key && input.TableName) note(input.TableName, input.Key);
      if (operation !== "BatchGetItem") return;
      for (const [table, { Keys }] of Object.entries<Input>(input.RequestItems ?? {}))
        note(table, Keys?.[0]);
    },
    of: async (table) => {
      const name = tableName(table);
      const names = known.get(name);
      if (names) return names;
      const described = asking.get(name) ?? describe(client, table);
      asking.set(name, described);
      const answer = await described;
      if (answer) known.set(name, answer);
      else asking.delete(name);
      return answer;
    },
  };
}

async function describe(client: Client, table: string): Promise<readonly string[] | null> {
  try {
    const { DescribeTableCommand } = await import("@aws-sdk/client-dynamodb");
    const command = new DescribeTableCommand({ TableName: table });
    const answer = (await unwatched(() => client.send(command as never))) as Input;
    return answer.Table.KeySchema.map(({ AttributeName }: Input) => AttributeName as string);
  } catch {
    return null;
  }
}
