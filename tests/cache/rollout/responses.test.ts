import { expect, test, vi } from "vitest";
import { Cache, defineTags, MemoryStore, type Mode } from "@algoitny/cache";
import { cacheFetch } from "@algoitny/cache/http";

const tags = defineTags({ pages: () => [] });
const status = (response: Response) => response.headers.get("cache-status")?.split("; ");

test("whole responses go through shadow and ramp to the cache", async () => {
  const flags: { mode: Mode; ramp: number } = { mode: "shadow", ramp: 100 };
  let version = 1;
  const handler = vi.fn(async () => new Response(`version ${version}`));
  const GET = cacheFetch({
    cache: new Cache({ store: new MemoryStore() }),
    name: "page",
    ttl: "1 hour",
    tags: () => [tags.pages()],
    mode: () => flags.mode,
    ramp: () => flags.ramp,
  })(handler);
  const get = () => GET(new Request("https://example.org/page"));

  await get();
  version = 2;
  const shadowed = await get();
  expect([await shadowed.text(), status(shadowed)?.slice(1)]).toEqual([
    "version 2",
    ["fwd=bypass", "detail=shadow"],
  ]);
  flags.mode = "on";
  flags.ramp = 0;
  expect(status(await get())?.slice(1)).toEqual(["fwd=bypass", "detail=ramp"]);
  expect(handler).toHaveBeenCalledTimes(3);
  flags.ramp = 100;
  const served = await get();
  expect([await served.text(), status(served)?.[1]]).toEqual(["version 1", "hit"]);
  expect(handler).toHaveBeenCalledTimes(3);
});
