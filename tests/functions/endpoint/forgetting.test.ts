import { Cache, MemoryStore, type Tag } from "@algoitny/cache";
import type { BeginRequest } from "@algoitny/cache/store";
import type { Change } from "@algoitny/core/table/entities";
import { createHide, invalidateChanges } from "@algoitny/functions/endpoint/forgetting";
import { expect, test } from "vitest";

const stats = { sub: "ann", total_executions: 1 } as never;
const changes: Change[] = [{ entity: "user_stats", before: null, after: stats }];

/** A store that records its requests, and refuses those that `refuses` selects. */
class NotingStore extends MemoryStore {
  readonly order: string[] = [];
  refuses = new Set<string>();
  override begin(request: BeginRequest) {
    return this.#note("begin", () => super.begin(request));
  }
  override end(request: Parameters<MemoryStore["end"]>[0]) {
    return this.#note("end", () => super.end(request));
  }
  override delete(keys: readonly string[]) {
    return this.#note("delete", () => super.delete(keys));
  }
  async #note<T>(name: string, run: () => Promise<T>): Promise<T> {
    this.order.push(name);
    if (this.refuses.has(name)) throw new Error("OOM command not allowed");
    return run();
  }
}

function setup() {
  const store = new NotingStore();
  const cache = new Cache({ store });
  const meter = { tags: [] as readonly Tag[], names: new Set<Tag>(), announced: new Set<Tag>() };
  const hide = createHide(cache, meter);
  const write = async () => {
    store.order.push("write");
    return "written";
  };
  return { store, cache, meter, hide, write };
}

test("a write that hides something is announced, made and ended, and its tags are reported with the request", async () => {
  const { store, meter, hide, write } = setup();
  expect(await hide(changes, write)).toBe("written");
  expect(store.order).toEqual(["begin", "write", "end"]);
  expect(meter.tags).toEqual(["user_stats:ann"]);
});

test("an announcement that Redis refuses is a 503 with Retry-After, and nothing is written", async () => {
  const { store, meter, hide, write } = setup();
  store.refuses.add("begin");
  await expect(hide(changes, write)).rejects.toMatchObject({
    status: 503,
    headers: { "retry-after": "1" },
    message: expect.stringContaining("nothing was changed"),
  });
  expect(store.order).toEqual(["begin"]);
  expect(meter.tags).toEqual([]);
});

test("a write stands when its announcement cannot be ended: its tags stay on hold", async () => {
  const { store, hide, write } = setup();
  store.refuses.add("end");
  expect(await hide(changes, write)).toBe("written");
});

test("a write that fails keeps its own error", async () => {
  const { hide } = setup();
  const failing = hide(changes, () => Promise.reject(new Error("no such row")));
  await expect(failing).rejects.toThrow("no such row");
});

test.each([
  ["is tried once more", 10_000, 2],
  ["is not tried again when the request's time is nearly over", 2_999, 1],
])("an invalidation that fails %s, and is left to the stream", async (_, leftMs, tries) => {
  const { store, cache, meter } = setup();
  store.refuses.add("delete");
  const warnings: string[] = [];
  const log = { warn: (message: string) => void warnings.push(message) };
  await invalidateChanges(changes, { cache, log, meter, remainingMs: () => leftMs });
  expect(store.order).toEqual(Array.from({ length: tries }, () => "delete"));
  expect(warnings).toEqual([expect.stringContaining("stream")]);
  expect(meter.tags).toEqual([]);
});

test("a change that was announced with its write is not invalidated again; each later change of the request is", async () => {
  const { store, cache, hide, meter, write } = setup();
  const forgetting = { cache, log: { warn: () => {} }, meter, remainingMs: () => 10_000 };
  await hide(changes, write);
  await invalidateChanges(changes, forgetting);
  const announced = ["begin", "write", "end"];
  expect(store.order).toEqual(announced);
  await invalidateChanges(changes, forgetting);
  await invalidateChanges(changes, forgetting);
  expect(store.order).toEqual([...announced, "delete", "delete"]);
});
