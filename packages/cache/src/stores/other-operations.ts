import type { Store } from "../store.ts";

/** Operations that no hit asks of a store. */
export const REST =
  "revalidate lease stamps commit begin end beat release expire delete walk".split(
    " ",
  ) as readonly (keyof Rest)[];

/** All operations of a store but its looks. */
export type Rest = Omit<Store, "mget" | "accepts">;

/** The rest of a store, which is loaded when one of its operations is called first. */
export function lazyRest(load: () => Promise<Rest>): Rest {
  let loaded: Promise<Rest> | undefined;
  const operations = REST.map((name) => [
    name,
    async (request: never) => (await (loaded ??= load()))[name](request),
  ]);
  return Object.fromEntries(operations) as Rest;
}
