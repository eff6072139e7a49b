// Whole responses by Request and Response (Hono, Next, Workers, Bun, Deno), behind a CDN that is purged by tags.
import { Cache, defineTags, Loaded, MemoryStore, defineResource } from "@algoitny/cache";
import { cacheFetch, cdnNames, principalOf, toResponse } from "@algoitny/cache/http";

const purged: string[] = [];
const cache = new Cache({
  store: new MemoryStore(),
  onInvalidate: (what) => void purged.push(...cdnNames(what)), // await the CDN's own call here
});
const tags = defineTags({ weather: (city: string) => [city] });
const cityOf = ({ url }: { url: string }) => new URL(url).searchParams.get("city") ?? "";

export const GET = cacheFetch({
  cache,
  name: "weather",
  ttl: "5 minutes",
  query: ["city"], // the only parameters of the query that the handler gets
  headers: ["accept-language"], // the only headers that it gets
  principal: (request) => request.headers.get("x-user") ?? undefined, // verify it first
  tags: (request) => [tags.weather(cityOf(request))],
  cacheName: "weather.example",
  cacheControl: "public, max-age=0, s-maxage=300",
  cdnTags: "cache-tag",
})(async (request) => Response.json(`${cityOf(request)} for ${principalOf(request) ?? "all"}`));

const url = "https://example.org/?city=Seoul";
const first = await GET(new Request(url));
console.log(await first.json()); // → Seoul for all
console.log(first.headers.get("cache-tag")?.includes("weather:Seoul")); // → true
await cache.invalidate(tags.weather("Seoul"));
console.log(purged); // → [ 'weather:Seoul' ]

// A value with headers that are stored with it:
const robots = defineResource({
  name: "robots",
  ttl: "1 day",
  load: (name: string) =>
    name === "txt" ? new Loaded("Disallow: /", { headers: { "content-language": "en" } }) : null,
});
const answer = await toResponse(new Request(url), await cache.getEntry(robots, "txt"), {
  vary: ["accept-language"],
});
console.log(answer.headers.get("content-language"), answer.headers.get("vary")); // → en Accept-Encoding, accept-language
const missing = await toResponse(new Request(url), await cache.getEntry(robots, "html"), {
  errorBody: (status) => ({ headers: { "content-type": "text/plain" }, body: `${status}!` }),
});
console.log(await missing.text()); // → 404!
