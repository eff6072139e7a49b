import { CacheError } from "../errors.ts";
import type { LoadReads } from "../recording/load-reads.ts";
import type { FineScopes } from "./fine-scopes.ts";
import { itemsIn } from "./items-in.ts";
import { createJoiner } from "./joined-gets.ts";
import type { KeySchemas } from "./key-schemas.ts";
import { keyOf } from "./place.ts";
import { planOf } from "./read-plan.ts";
import {
  type Command,
  type Input,
  isRead,
  isStatementWrite,
  isWrite,
  parse,
  type ReadOperation,
  type Send,
  withInput,
} from "./sdk-command.ts";

interface ReaderOptions {
  readonly schemas: KeySchemas;
  readonly scopes: FineScopes;
  /** The attribute by which DynamoDB expires items (TTL). */
  readonly ttlAttribute: string | undefined;
}

/** Sends the requests of loads, each after its stamps were created. */
export function createReader(bare: Send, { schemas, scopes, ttlAttribute }: ReaderOptions) {
  const join = createJoiner(bare);
  return async (reads: LoadReads, command: Command, ...rest: unknown[]): Promise<Input> => {
    const { operation, codec, isDocument } = parse(command);
    if (isWrite(operation) || isStatementWrite(operation, command.input))
      throw new CacheError("load_failed", `${operation} within a load: a load only reads`);
    if (!isRead(operation)) {
      reads.unrecorded("unknown-command", operation);
      return reads.own(() => bare(command, ...rest));
    }
    const plan = planOf(operation, command.input, { codec, scopes });
    const noted = await Promise.all(
      plan.reads.map((read) => {
        if (read.isBehind) reads.mayBeBehind();
        return reads.before(read.scopes, read.reserve);
      }),
    );
    const strong = withInput(command, plan.input);
    const isJoined =
      operation === "GetItem" && rest.length === 0 && keyOf(command.input.Key ?? {}, codec)?.[0];
    const answer: Input = await reads.own(() =>
      isJoined ? join({ command: strong, codec, isDocument }) : bare(strong, ...rest),
    );
    schemas.learn(operation, command.input);
    if (endsBySize(operation, plan.input, answer)) for (const each of noted) each.useReserve();
    if (ttlAttribute !== undefined)
      for (const item of itemsIn(operation, answer)) boundLife(reads, codec(item[ttlAttribute]));
    const { ConsumedCapacity: _units, ScannedCount: _scanned, ...recorded } = answer ?? {};
    return recorded;
  };
}

/** True for a page that ended at the limit of 1 MB, towards which attributes that are not returned count too. */
function endsBySize(operation: ReadOperation, { Limit }: Input, answer: Input): boolean {
  if (operation !== "Query" && operation !== "Scan") return false;
  return answer?.LastEvaluatedKey !== undefined && answer.ScannedCount !== Limit;
}

function boundLife(reads: LoadReads, value: readonly [string, string] | null): void {
  if (value?.[0] !== "N") return;
  const endMs = Number(value[1]) * 1_000;
  // An item that has expired is returned until DynamoDB deletes it, and the stream reports the deletion.
  if (endMs > Date.now()) reads.endsBy(endMs);
}
