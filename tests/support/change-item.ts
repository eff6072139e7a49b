import type { Key } from "@algoitny/core/table/keys";
import { UpdateCommand } from "@aws-sdk/lib-dynamodb";

/** Sets attributes of an item and leaves the others, as an edit by hand or another program does. */
export function changeItemCommand(
  table: string,
  { pk, sk }: Key,
  attributes: Readonly<Record<string, unknown>>,
): UpdateCommand {
  const entries = Object.entries(attributes);
  return new UpdateCommand({
    TableName: table,
    Key: { pk, sk },
    UpdateExpression: `SET ${entries.map((_, index) => `#n${index} = :v${index}`).join(", ")}`,
    ExpressionAttributeNames: Object.fromEntries(
      entries.map(([name], index) => [`#n${index}`, name]),
    ),
    ExpressionAttributeValues: Object.fromEntries(
      entries.map(([, value], index) => [`:v${index}`, value]),
    ),
  });
}
