import { emit } from "../events.ts";
import type { Tag } from "../tag.ts";
import { namesOf, valuesIn } from "./change-names.ts";
import {
  type Command,
  type Input,
  isRead,
  isStatementWrite,
  isWrite,
  parse,
  type Send,
  withInput,
} from "./sdk-command.ts";
import { itemsIn } from "./items-in.ts";
import { type Attributes, keyOf, tableName, tableTag } from "./place.ts";
import { type Known, planWrite } from "./write-plan.ts";

/** Receives the tags that writes invalidate: a `Cache`, or an object that collects them. */
export interface Invalidations {
  invalidate(tags: readonly Tag[]): Promise<void>;
  /** Needed by guarded writes only. */
  change<T>(tags: readonly Tag[], write: () => Promise<T>): Promise<T>;
}

export interface WritingOptions {
  /**
   * Announces each write to the store before it is made, as `cache.change` does: while the store does not accept that,
   * writes are refused with `invalidation_failed`. A write takes two commands to the store instead of one, and a third if
   * it fails, or if its answer shows further tags, such as those of an old value in an index.
   */
  guarded?: boolean;
}

/** Makes writes and their invalidations. */
export function createWriter(bare: Send, known: Known) {
  const { schemas } = known;

  async function read(operation: string, command: Command, rest: unknown[]): Promise<Input> {
    const answer = await bare(command, ...rest);
    schemas.learn(operation, command.input);
    return answer;
  }

  /**
   * Makes a write: `run` gets the names from the request and makes the write; `done` gets the names from the answer, or
   * after a failure those from the request.
   */
  async function send(
    command: Command,
    rest: unknown[],
    run: (names: ReadonlySet<Tag>, write: () => Promise<Input>) => Promise<Input>,
    done: (names: ReadonlySet<Tag>) => Promise<void>,
  ): Promise<Input> {
    const { operation, codec } = parse(command);
    if (isStatementWrite(operation, command.input))
      emit(() => ({ type: "unseen-write", operation }));
    if (!isWrite(operation)) return read(operation, command, rest);
    const plan = await planWrite(operation, command.input, { codec, ...known });
    let names = plan.byRequest;
    try {
      const answer = await run(names, () => bare(withInput(command, plan.input), ...rest));
      schemas.learn(operation, command.input);
      names = plan.byAnswer(answer);
      return plan.clean(answer);
    } finally {
      // Also after a failure: an earlier attempt, by the SDK itself, may have been applied.
      await done(names);
    }
  }

  return {
    write: (
      cache: Invalidations,
      { guarded = false }: WritingOptions = {},
      command: Command,
      ...rest: unknown[]
    ) => {
      let announced: ReadonlySet<Tag> = new Set();
      const announce = async (names: ReadonlySet<Tag>, write: () => Promise<Input>) => {
        const answer = await cache.change([...names], write);
        announced = names;
        return answer;
      };
      return send(
        command,
        rest,
        (names, write) => (guarded ? announce(names, write) : write()),
        // The end of an announced change has invalidated its names.
        (names) => invalidate(cache, new Set([...names].filter((name) => !announced.has(name)))),
      );
    },

    mutation: async <T>(cache: Invalidations, work: (send: Send) => Promise<T>): Promise<T> => {
      const written = new Set<Tag>();
      const seen = new Set<Tag>();
      let isWritten = false;
      const sendIn: Send = async (command, ...rest) => {
        const { operation } = parse(command);
        if (!isRead(operation))
          return send(
            command,
            rest,
            (_, write) => write(),
            async (names) => {
              isWritten ||= isWrite(operation);
              for (const name of names) written.add(name);
            },
          );
        const answer = await read(operation, command, rest);
        for (const name of await namesOfRead(command, answer, known)) seen.add(name);
        return answer;
      };
      try {
        return await work(sendIn);
      } finally {
        await invalidate(cache, isWritten ? written : seen);
      }
    },
  };
}

/**
 * Invalidates after a write. If the store does not accept the invalidation, the write stands: the failure is reported,
 * and the invalidation stays pending in the process.
 */
async function invalidate(cache: Invalidations, names: ReadonlySet<Tag>): Promise<void> {
  await cache.invalidate([...names]).catch(() => undefined);
}

/**
 * Names of everything that an earlier attempt of a mutation may have changed, by the items that the present attempt has
 * read.
 */
async function namesOfRead(
  command: Command,
  answer: Input,
  { schemas, scopes }: Known,
): Promise<Set<Tag>> {
  const { operation, codec } = parse(command);
  if (!isRead(operation)) return new Set();
  const names = new Set<Tag>();
  const add = (table: string, key: Attributes | null, item: Input) => {
    const values = valuesIn(item, codec);
    const attributes = Object.keys(item ?? {});
    const touched = key && { table, key, attributes, mayComeOrGo: true, values };
    for (const name of touched ? namesOf(touched, scopes) : [tableTag(table)]) names.add(name);
  };
  for (const { table, keys = [], items } of readsOf(operation, command.input, answer)) {
    const name = tableName(table);
    for (const key of keys) add(name, keyOf(key, codec), undefined);
    if (items.length === 0) continue;
    const keyNames = await schemas.of(table);
    for (const item of items)
      add(
        name,
        keyNames && keyOf(Object.fromEntries(keyNames.map((each) => [each, item[each]])), codec),
        item,
      );
  }
  return names;
}

interface ReadOfTable {
  readonly table: string;
  readonly keys?: readonly Input[];
  readonly items: readonly Input[];
}

function readsOf(operation: string, input: Input, answer: Input): ReadOfTable[] {
  switch (operation) {
    case "GetItem":
      return [{ table: input.TableName, keys: [input.Key], items: itemsIn(operation, answer) }];
    case "BatchGetItem":
      return Object.entries<Input>(input.RequestItems ?? {}).map(([table, { Keys }]) => ({
        table,
        keys: Keys,
        items: answer?.Responses?.[table] ?? [],
      }));
    case "TransactGetItems":
      return (input.TransactItems ?? []).map(({ Get }: Input, index: number) => {
        const item: Input = answer?.Responses?.[index]?.Item;
        return { table: Get.TableName, keys: [Get.Key], items: item ? [item] : [] };
      });
    default:
      return [{ table: input.TableName, items: answer?.Items ?? [] }];
  }
}
