// An API Gateway handler whose whole responses are cached; it gets only the parts of the request that the key covers.
import { Cache, defineTags, MemoryStore } from "@algoitny/cache";
import { cacheResponse, type HttpApiEvent } from "@algoitny/cache/lambda";

const tags = defineTags({ books: () => [] });
const cache = new Cache({ store: new MemoryStore() });
const titles = ["Emma"];

export const handler = cacheResponse({
  cache,
  name: "book_list",
  ttl: "1 minute",
  query: ["page"],
  claims: ["sub"], // of a JWT that the gateway has verified: each user has separate entries
  tags: () => [tags.books()],
})(async (event: HttpApiEvent) => ({ page: event.queryStringParameters?.["page"], titles }));

// Try it with what API Gateway would send:
const event: HttpApiEvent = {
  rawPath: "/books",
  rawQueryString: "page=1&utm_source=letter",
  queryStringParameters: { page: "1", utm_source: "letter" },
  headers: {},
  requestContext: { http: { method: "GET" }, domainName: "example.org" },
};
const mine: HttpApiEvent = {
  ...event,
  requestContext: { ...event.requestContext, authorizer: { jwt: { claims: { sub: "me" } } } },
};
console.log((await handler(event, {})).body); // → {"page":"1","titles":["Emma"]}
console.log((await handler(mine, {})).headers["cache-status"]?.split("; ")[1]); // → fwd=miss
titles.push("Persuasion");
await cache.invalidate(tags.books());
const { body, headers } = await handler(event, {});
console.log(body); // → {"page":"1","titles":["Emma","Persuasion"]}
const again = { ...event, headers: { "if-none-match": headers["etag"] } };
console.log((await handler(again, {})).statusCode); // → 304
