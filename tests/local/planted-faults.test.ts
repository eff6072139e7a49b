import { createPlantedFaults } from "@algoitny/local/planted-faults";
import { expect, test } from "vitest";

function cloud() {
  const done: string[] = [];
  const faults = createPlantedFaults({
    stop: async () => void done.push("stopped"),
    start: async () => void done.push("started"),
  });
  return { done, faults };
}

test("Redis is stopped once, and started when the fault is lifted", async () => {
  const { done, faults } = cloud();
  await faults.plant("redis-down");
  await faults.plant("redis-down");
  await faults.lift("redis-down");
  await faults.lift("redis-down");
  expect(done).toEqual(["stopped", "started"]);
});

test("the stream's function waits while its fault is planted, and handles the waiting changes afterwards", async () => {
  const { done, faults } = cloud();
  const invoke = faults.gated(async (file) => void done.push(file));
  await faults.plant("stream-stuck");
  const stuck = invoke("stream/invalidate", {});
  await Promise.resolve();
  expect(done).toEqual([]);
  await faults.lift("stream-stuck");
  await stuck;
  await invoke("again", {});
  expect(done).toEqual(["stream/invalidate", "again"]);
});

test("a slow Redis still gives its answers", async () => {
  const { faults } = cloud();
  await faults.plant("redis-slow");
  expect(await faults.intercept([], async () => [1])).toEqual([1]);
  await faults.lift("redis-slow");
});
