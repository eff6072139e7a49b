import { MemoryStore } from "@algoitny/cache";
import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { bookshop } from "../../../packages/cache/examples/bookshop.ts";
import { sharedEndpoint } from "../../support/shared-engine.ts";
import { openTable } from "./open-table.ts";
import { runStream } from "./run-stream.ts";

const BOOKS = {
  types: { isbn: "S", shelf: "S" },
  key: ["isbn"],
  global: { byShelf: ["shelf"] },
  stream: true,
} as const;
const REVIEWS = { types: { isbn: "S", by: "S" }, key: ["isbn", "by"], stream: true } as const;
const EMMA = { isbn: "7", title: "Emma", shelf: "novels", sold: 0 };

beforeAll(async () => {
  vi.stubEnv("AWS_ENDPOINT_URL_DYNAMODB", await sharedEndpoint());
  vi.stubEnv("AWS_REGION", "us-east-1");
  vi.stubEnv("AWS_ACCESS_KEY_ID", "local");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "local");
});
afterAll(() => vi.unstubAllEnvs());

test("the bookshop shows its own writes at once, and those of other programs after the stream has delivered them", async () => {
  await using books = await openTable(BOOKS);
  await using reviews = await openTable(REVIEWS);
  const store = new MemoryStore();
  const shop = bookshop(store, books.name, reviews.name);
  const endpoint = await sharedEndpoint();
  await using streams = new AsyncDisposableStack();
  for (const { name } of [books, reviews])
    streams.use(await runStream(endpoint, name, shop.onStream));

  expect(await shop.check("5 seconds")).toEqual({ streamMs: expect.any(Number) });
  expect(await shop.page("7")).toBeUndefined();
  await shop.add(EMMA);
  expect(await shop.page("7")).toEqual({ book: EMMA, reviews: [] });
  await shop.review({ isbn: "7", by: "Ann", text: "Fine." });
  expect(await shop.page("7")).toMatchObject({ book: EMMA, reviews: [{ by: "Ann" }] });
  expect(await shop.shelf("novels")).toEqual([EMMA]);

  // A writer without the cache, such as a person in the console.
  const renamed = { ...EMMA, title: "Emma, a novel", shelf: "classics" };
  await books.client.send(new PutCommand({ TableName: books.name, Item: renamed }));
  await vi.waitFor(async () => {
    expect(await shop.page("7")).toMatchObject({ book: renamed });
    expect(await shop.shelf("novels")).toEqual([]);
    expect(await shop.shelf("classics")).toEqual([renamed]);
  }, 5_000);
  await shop.withdraw("7");
  expect(await shop.page("7")).toBeUndefined();
});

test("the check names a table whose stream has no function", async () => {
  await using books = await openTable(BOOKS);
  await using reviews = await openTable(REVIEWS);
  const shop = bookshop(new MemoryStore(), books.name, reviews.name);
  await expect(shop.check("100 milliseconds")).rejects.toThrow(
    `table ${books.name}: no invalidation within 100 ms`,
  );
});

test.for([
  [false, (update: string) => `it has no stream: ${update}=true,StreamViewType=NEW_AND_OLD_IMAGES`],
  [
    "KEYS_ONLY",
    (update: string) =>
      `it has a stream of KEYS_ONLY, whose type cannot be changed: disable it (${update}=false), then enable a new one (${update}=true,StreamViewType=NEW_AND_OLD_IMAGES), and map`,
  ],
] as const)(
  "the check of a table with the stream %s fails at once with the commands that correct it",
  async ([stream, what]) => {
    await using books = await openTable({ ...BOOKS, stream });
    await using reviews = await openTable(REVIEWS);
    const shop = bookshop(new MemoryStore(), books.name, reviews.name);
    await expect(shop.check("5 seconds")).rejects.toThrow(
      `table ${books.name}: ${what(`aws dynamodb update-table --table-name ${books.name} --stream-specification StreamEnabled`)}`,
    );
  },
);
