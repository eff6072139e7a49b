import { expectTypeOf, test } from "vitest";
import {
  Cache,
  cacheMethod,
  cacheQuery,
  defineResource,
  defineTags,
  MemoryStore,
  parseTag,
  type WarmResult,
} from "@algoitny/cache";
import { cacheResponse } from "@algoitny/cache/lambda";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";

const tags = defineTags({ problem: (id: number) => [id], lists: () => [] });
const cache = new Cache({ store: new MemoryStore() });
interface Database {
  title(id: number): Promise<string | undefined>;
}
const title = defineResource({
  name: "title",
  key: ({ id }: { id: number }) => ({ id }),
  tags: ({ id }) => [tags.problem(id)],
  ttl: "1 minute",
  load: async ({ id }, database: Database) => database.title(id),
});
const source: Database = { title: async () => "A + B" };

test("params, value and source are inferred from the resource", () => {
  expectTypeOf(cache.get(title, { id: 1 }, { source })).resolves.toEqualTypeOf<
    string | undefined
  >();
  expectTypeOf(cache.getMany(title, [{ id: 1 }], { source })).resolves.toEqualTypeOf<
    (string | undefined | Error)[]
  >();
  const add = cacheQuery({ cache, name: "add", ttl: "1 minute" }, (a: number, b: number) => a + b);
  expectTypeOf(add).parameters.toEqualTypeOf<[a: number, b: number]>();
  expectTypeOf(add).returns.resolves.toEqualTypeOf<number>();
});

test("invalid definitions and calls do not compile", () => {
  const never = () => {
    // @ts-expect-error -- an unknown parameter
    void cache.get(title, { identifier: 1 }, { source });
    // @ts-expect-error -- a parameter of another type
    void cache.get(title, { id: "1" }, { source });
    // @ts-expect-error -- the source is missing
    void cache.get(title, { id: 1 });
    // @ts-expect-error -- an unknown tag
    tags.user("me");
    // @ts-expect-error -- a tag's part of another type
    tags.problem("1");
    // @ts-expect-error -- any string is not a tag
    void cache.invalidate(["problem:1"]);
    void cache.invalidate([parseTag("problem:1")]);
    // @ts-expect-error -- not a duration
    defineResource({ name: "x", ttl: "5 minuts", load: () => 1 });
  };
  expectTypeOf(never).toBeFunction();
});

test("wrappers of functions, methods and handlers keep their types", () => {
  const decorate = cacheMethod<[id: number]>({ cache, name: "titles.of", ttl: "1 minute" });
  expectTypeOf(decorate<object, string>).returns.toEqualTypeOf<
    (this: object, id: number) => Promise<string>
  >();
  expectTypeOf(cache.getOrSet("stats:day", () => 42, "1 minute")).resolves.toEqualTypeOf<number>();
  const handler = cacheResponse({ cache, name: "page", ttl: "1 minute" })(
    async (event: APIGatewayProxyEventV2, _context: { awsRequestId: string }) => event.rawPath,
  );
  expectTypeOf(handler).parameters.toEqualTypeOf<
    [APIGatewayProxyEventV2, { awsRequestId: string }]
  >();
  expectTypeOf(handler).returns.resolves.toExtend<APIGatewayProxyStructuredResultV2>();
  expectTypeOf(
    cache.warm(title, [{ id: 1 }], { source, ahead: "1 minute" }),
  ).resolves.toEqualTypeOf<WarmResult[]>();
});
