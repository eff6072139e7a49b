import type { Store } from "@algoitny/cache";

type Operation = keyof Store;

interface Held {
  /** Resolves when the store has done the operation; its caller still waits for the reply. */
  readonly done: PromiseWithResolvers<void>;
  readonly released: PromiseWithResolvers<void>;
}

/** A store whose replies can be held back, one at a time: the request is done, and its sender does not know yet. */
export function holdReplies(store: Store) {
  const holds = new Map<Operation, Held>();
  const through = <O extends Operation>(operation: O) =>
    (async (request: never) => {
      const reply = await (store[operation] as (request: never) => Promise<unknown>).call(
        store,
        request,
      );
      const held = holds.get(operation);
      if (held !== undefined) {
        holds.delete(operation);
        held.done.resolve();
        await held.released.promise;
      }
      return reply;
    }) as Store[O];
  /** Holds the reply to the next request of an operation. */
  const hold = (operation: Operation) => {
    const [done, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    holds.set(operation, { done, released });
    return { done: done.promise, release: () => released.resolve() };
  };
  const held: Store = {
    mget: through("mget"),
    lease: through("lease"),
    commit: through("commit"),
    release: through("release"),
    bump: through("bump"),
    delete: through("delete"),
    scan: through("scan"),
  };
  return { store: held, hold };
}
