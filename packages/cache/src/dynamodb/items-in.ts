import type { Input, ReadOperation } from "./sdk-command.ts";

/** Items in the answer to a read. */
export function itemsIn(operation: ReadOperation, answer: Input): Input[] {
  if (operation === "GetItem") return answer?.Item ? [answer.Item] : [];
  if (operation === "BatchGetItem") return Object.values<Input[]>(answer?.Responses ?? {}).flat();
  if (operation !== "TransactGetItems") return answer?.Items ?? [];
  return (answer?.Responses ?? []).flatMap(({ Item }: Input) => (Item ? [Item] : []));
}
