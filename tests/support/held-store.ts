import type { Store } from "@algoitny/cache/store";

type Operation = keyof Store;

/** One held request, before or after the store has executed it. */
interface Hold {
  readonly reached: PromiseWithResolvers<void>;
  readonly released: PromiseWithResolvers<void>;
}

/** A store whose requests and replies can be held back, one at a time. */
export function holdStore(inner: Store) {
  const requests = new Map<Operation, Hold>();
  const replies = new Map<Operation, Hold>();
  const pass = async (holds: Map<Operation, Hold>, operation: Operation) => {
    const hold = holds.get(operation);
    holds.delete(operation);
    hold?.reached.resolve();
    await hold?.released.promise;
  };
  const through = <O extends Operation>(operation: O) =>
    (async (request: never) => {
      await pass(requests, operation);
      const run = inner[operation] as (request: never) => Promise<unknown>;
      const reply = await run.call(inner, request);
      await pass(replies, operation);
      return reply;
    }) as Store[O];
  const holdIn = (holds: Map<Operation, Hold>) => (operation: Operation) => {
    const hold = {
      reached: Promise.withResolvers<void>(),
      released: Promise.withResolvers<void>(),
    };
    holds.set(operation, hold);
    return { reached: hold.reached.promise, release: () => hold.released.resolve() };
  };
  const store: Store = {
    mget: through("mget"),
    follow: through("follow"),
    lease: through("lease"),
    revalidate: through("revalidate"),
    stamps: through("stamps"),
    commit: through("commit"),
    begin: through("begin"),
    end: through("end"),
    beat: through("beat"),
    release: through("release"),
    expire: through("expire"),
    delete: through("delete"),
    walk: through("walk"),
  };
  return {
    store,
    /** Holds the next request of an operation on its way: the store has not executed it yet. */
    holdRequest: holdIn(requests),
    /** Holds the reply to the next request of an operation: the store has executed it, and its sender does not know. */
    holdReply: holdIn(replies),
  };
}
