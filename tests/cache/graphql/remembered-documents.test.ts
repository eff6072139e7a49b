import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { bookServer } from "./book-server.ts";

/** Number of documents that a process remembers; the least recently used are evicted first. */
const REMEMBERED = 1_000;

test("a document that is used stays known, however many others come", async () => {
  const { ask, schemas } = bookServer();
  const own = "{ book(id: 1) { title } }";
  await ask(own);
  const others = REMEMBERED + 200;
  for (let other = 0; other < others; other += 1) {
    await ask(`{ a${other}: plain }`);
    if (other % 100 === 0) await ask(own);
  }
  // Each document uses the schema twice: to be validated, and to be executed.
  expect(schemas()).toBe(2 * (1 + others));
  await ask("{ a0: plain }");
  expect(schemas()).toBe(2 * (1 + others) + 2);
});

test("the process does not keep long documents in memory", async () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const heap = () => {
    collect();
    return process.memoryUsage().heapUsed;
  };
  const { ask } = bookServer();
  const fields = "title id ".repeat(220);
  await ask(`{ book(id: 1) { ${fields} } }`);
  const before = heap();
  const documents = 150;
  for (let index = 0; index < documents; index += 1)
    await ask(`{ book(id: 1) { ${fields} } } # ${index}`);
  const bytesEach = (heap() - before) / documents;
  // Keeps the server reachable, so that it is not garbage-collected earlier.
  expect((await ask(`{ book(id: 1) { ${fields} } } # 0`)).came).toBe("hit");
  // Their syntax trees would be over 200 KB each.
  expect(bytesEach).toBeLessThan(100_000);
});
