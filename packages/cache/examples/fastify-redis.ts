// Redis over TCP, with Fastify: stored bytes are sent unchanged, with ETag and 304.
import { Cache, defineResource, defineTags } from "@algoitny/cache";
import { sendResponse } from "@algoitny/cache/node";
import { createRedisStore } from "@algoitny/cache/redis";
import fastify from "fastify";
import { Redis } from "ioredis";

const redis = new Redis(process.env["REDIS_URL"] ?? "redis://127.0.0.1:6379");
const cache = new Cache({ store: createRedisStore(redis), prefix: "library:1" });
const titles = new Map([[7, "Emma"]]);
const tags = defineTags({ book: (id: number) => [id] });
const book = defineResource({
  name: "book",
  tags: (id: number) => [tags.book(id)],
  ttl: "10 minutes",
  load: async (id) => titles.get(id),
});

const app = fastify();
app.get<{ Params: { id: string } }>("/books/:id", async (request, reply) => {
  const entry = await cache.getEntry(book, Number(request.params.id));
  await sendResponse(request.raw, reply.hijack().raw, entry);
});
app.put<{ Params: { id: string }; Body: { title: string } }>("/books/:id", async (request) => {
  const id = Number(request.params.id);
  titles.set(id, request.body.title);
  await cache.invalidate(tags.book(id));
  return { id };
});

// Try it:
const url = `${await app.listen({ port: 0 })}/books/7`;
const first = await fetch(url);
console.log(first.status, await first.json()); // → 200 Emma
const etag = first.headers.get("etag") ?? "";
const again = await fetch(url, { headers: { "if-none-match": etag } });
console.log(again.status); // → 304
const headers = { "content-type": "application/json" };
await fetch(url, { method: "PUT", headers, body: JSON.stringify({ title: "Persuasion" }) });
console.log(await (await fetch(url)).json()); // → Persuasion
await app.close();
redis.disconnect();
