import type { Store } from "../store.ts";

/** Operations of a store that hits seldom need. */
export const REST =
  "follow revalidate lease stamps commit begin end beat release expire delete walk".split(
    " ",
  ) as readonly (keyof Rest)[];

/** All operations of a store except the usual look. */
export type Rest = Omit<Store, "mget" | "accepts">;

/** The remaining operations of a store, loaded at the first call of one. */
export function lazyRest(load: () => Promise<Rest>): Rest {
  let loaded: Promise<Rest> | undefined;
  const operations = REST.map((name) => [
    name,
    async (request: never) => (await (loaded ??= load()))[name](request),
  ]);
  return Object.fromEntries(operations) as Rest;
}
