// Binds the shared options of one request's reads: the source, the remaining time, the abort signal.
import { Cache, defineResource, defineTags, MemoryStore } from "@algoitny/cache";

interface Database {
  balance(id: number): Promise<number>;
}
const tags = defineTags({ account: (id: number) => [id] });
const account = defineResource({
  name: "account",
  tags: (id: number) => [tags.account(id)],
  ttl: "1 hour",
  consistency: "strong", // `eventual` for an index or a replica
  load: (id, database: Database) => database.balance(id),
});
const cache = new Cache({
  store: new MemoryStore(),
  prefix: "bank:1",
  reads: "primary", // `any` lets a lagging replica answer, for readers far away
  storeTimeout: "200 milliseconds", // longest wait for an answer of the store
  waitTimeout: "2 seconds", // longest wait for another instance's load
  replicationLag: "5 seconds", // of sources that are `eventual`
  maxLoadsWithoutStore: 10,
});

/** A handler of Lambda; on Workers `waitUntil` is that of the context. */
async function handler(database: Database, signal: AbortSignal, startMs = Date.now()) {
  const work: Promise<unknown>[] = [];
  const remainingMs = () => startMs + 30_000 - Date.now(); // context.getRemainingTimeInMillis()
  const waitUntil = (promise: Promise<unknown>) => void work.push(promise);
  const bound = cache.with({ source: database, signal, remainingMs, waitUntil });
  const onProgress = (done: number) => console.log(`${done} of 3`); // → 2 of 3
  await bound.warm(account, [1, 2, 3], { ahead: "1 minute", atOnce: 2, onProgress }); // → 3 of 3
  const balances = await bound.getMany(account, [1, 2, 3]);
  await Promise.all(work);
  return balances;
}

const database: Database = { balance: async (id) => id * 100 };
console.log(await handler(database, AbortSignal.timeout(30_000))); // → [ 100, 200, 300 ]
console.log((await cache.peek(account, 3))?.ageMs !== undefined); // → true
const due = await cache.warm(account, [3, 4], { source: database, dryRun: true });
console.log(due); // → [ 'skipped', 'due' ]
console.log(await cache.refresh(account, 3, { source: database })); // → refreshed
// All values from one point in time: no invalidation lies between any two of them.
console.log(await cache.getMany(account, [1, 2], { source: database, snapshot: true })); // → [ 100, 200 ]
