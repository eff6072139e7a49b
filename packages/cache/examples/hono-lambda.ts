// Hono on Lambda. In production the store is `createUpstashStore()` of `@algoitny/cache/upstash`.
import { Cache, defineResource, MemoryStore } from "@algoitny/cache";
import { toResponse } from "@algoitny/cache/http";
import { Hono } from "hono";
import { handle, type LambdaEvent } from "hono/aws-lambda";

const titles = new Map([["7", "Emma"]]);
const book = defineResource({
  name: "book",
  ttl: "10 minutes",
  load: async (id: string) => titles.get(id),
});
const cache = new Cache({ store: new MemoryStore() });

const app = new Hono();
app.get("/books/:id", async ({ req }) => {
  const ifNoneMatch = req.header("if-none-match");
  return toResponse(req.raw, await cache.getEntry(book, req.param("id"), { ifNoneMatch }));
});
app.put("/books/:id", async ({ req, body }) => {
  titles.set(req.param("id"), await req.text());
  await cache.invalidate(book, req.param("id"));
  return body(null, 204);
});
export const handler = handle(app);

// Try it with what API Gateway would send:
function event(method: string, body?: string): LambdaEvent {
  const http = { method, path: "/books/7", protocol: "HTTP/1.1", sourceIp: "", userAgent: "" };
  const requestContext = { http, domainName: "example.org" };
  const request = { version: "2.0", rawPath: "/books/7", rawQueryString: "", headers: {} };
  return { ...request, requestContext, body, isBase64Encoded: false } as unknown as LambdaEvent;
}

console.log((await handler(event("GET"))).body); // → "Emma"
await handler(event("PUT", "Persuasion"));
console.log((await handler(event("GET"))).body); // → "Persuasion"
const { headers } = await handler(event("GET"));
console.log(String(headers?.["cache-status"]).split("; ")[1]); // → hit
