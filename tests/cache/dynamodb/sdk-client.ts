import { parse } from "../../../packages/cache/src/dynamodb/sdk-command.ts";
import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";

// oxlint-disable-next-line typescript/no-explicit-any -- each operation has its own parameters and answers
type Any = any;

/** A document client that returns the test's answers, by operation; `sent` lists its requests. */
export function sdkClient(answers: Readonly<Record<string, (input: Any) => Any>>) {
  const sent: { operation: string; input: Any }[] = [];
  const client = {
    send: async (command: Any) => {
      const { operation } = parse(command);
      sent.push({ operation, input: command.input });
      const answer = answers[operation];
      if (!answer) throw new Error(`no answer to ${operation}`);
      return { $metadata: { attempts: 1 }, ...answer(command.input) };
    },
  } as unknown as DynamoDBDocumentClient;
  const operations = () => sent.map(({ operation }) => operation);
  return { client, sent, operations };
}
