// A hot key in a long-lived process: the body stays in the process, and each read only asks the store for its stamps.
import { Cache, defineResource, defineTags, MemoryStore, subscribe } from "@algoitny/cache";

const tags = defineTags({ menu: () => [] });
const dishes = ["soup"];
const menu = defineResource({
  name: "menu",
  tags: () => [tags.menu()],
  ttl: "1 hour",
  // One frozen value for all readers. With revalidateAfter: "1 second", a process asks the store at most once a second, and
  // its value may be stale for that long.
  l1: { share: true },
  load: async () => dishes,
});
const store = new MemoryStore(); // the one that all processes share
const options = { store, l1MaxBytes: 8 * 1024 * 1024 };
const [one, other] = [new Cache(options), new Cache(options)];
subscribe((event) => event.type === "hit" && console.log(event.l1 ? "process" : "store"));

await one.get(menu);
await one.get(menu); // → process
await other.get(menu); // → store
await other.get(menu); // → process
dishes.push("cake");
await one.invalidate(tags.menu());
console.log(await other.get(menu)); // → [ 'soup', 'cake' ]
