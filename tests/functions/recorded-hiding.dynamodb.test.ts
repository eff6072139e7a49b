import { Cache, CacheError, MemoryStore } from "@algoitny/cache";
import { problemDetail } from "@algoitny/core/problem/problem.resources";
import { createClient, createDatabase } from "@algoitny/core/table/database";
import { createTables } from "@algoitny/core/tables";
import { createHide } from "@algoitny/functions/endpoint/forgetting";
import { openRecording } from "@algoitny/functions/recording";
import { expect, test } from "vitest";
import { aProblem, setup } from "../core/support/fixtures.ts";
import { recordedSource, recordedView } from "../core/support/recorded-source.ts";
import { holdStore } from "../support/held-store.ts";

/** The detail of a problem as a recorded view, for readers who are not admins. */
const detail = recordedView(problemDetail);

/**
 * The API's tables with recorded views, over a store that refuses announcements of recorded reads after `fill(true)`.
 */
async function recordedApp() {
  const app = await setup();
  const client = createClient(app.table.endpoint);
  const { store } = holdStore(new MemoryStore());
  let isFull = false;
  const cache = new Cache({
    store: {
      ...store,
      begin: (request) =>
        isFull && request.stampKeys.some((key) => key.includes(":d:"))
          ? Promise.reject(new Error("OOM"))
          : store.begin(request),
    },
  });
  const { tableName } = app.table.db;
  const recording = openRecording({ cache, client, tableName });
  const hide = createHide(cache, { tags: [], announced: new Set() });
  const { writing, guarded } = recording.clients(undefined);
  const db = createDatabase({ tableName, client: writing, guarded, hide });
  const source = recordedSource(cache, app.table.db);
  return {
    tables: createTables(db),
    fill: (is: boolean) => (isFull = is),
    title: async (id: number) => (await cache.get(detail, { id, admin: false }, { source }))?.title,
    [Symbol.asyncDispose]: async () => {
      client.destroy();
      await app[Symbol.asyncDispose]();
    },
  };
}

test("a write that hides something is refused while its tags of recorded reads cannot be announced", async () => {
  await using app = await recordedApp();
  const { problems } = app.tables;
  const { id } = await problems.create(aProblem());
  expect(await app.title(id)).toBe("Watermelon");
  app.fill(true);
  await expect(problems.change(id, { is_deleted: true })).rejects.toMatchObject({
    status: 503,
    cause: expect.any(CacheError),
  });
  expect(await app.title(id)).toBe("Watermelon");
  // A change of the title hides nothing: its tags are invalidated after the write.
  await problems.change(id, { title: "Melon" });
  expect(await app.title(id)).toBe("Melon");
  app.fill(false);
  await problems.change(id, { is_deleted: true });
  expect(await app.title(id)).toBeUndefined();
});
