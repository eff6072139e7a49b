import { setImmediate } from "node:timers/promises";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Cache, defineResource, defineTags, MemoryStore, type Mode } from "@algoitny/cache";

const tags = defineTags({ book: (id: number) => [id] });

const step = fc.record({
  kind: fc.constantFrom("get", "getMany", "write", "switch"),
  mode: fc.constantFrom<Mode>("on", "shadow"),
  ramp: fc.constantFrom(0, 40, 100),
  id: fc.nat(2),
  /** Event-loop turns that a load takes, and that pass before the next step. */
  turns: fc.nat(5),
  pause: fc.nat(3),
});

async function pass(turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) await setImmediate();
}

test("a shadow serves its own loads, and no mode serves an invalidated value, however reads, writes and mode switches interleave", async () => {
  const outcome = await fc.check(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
      const flags: { mode: Mode; ramp: number } = { mode: "on", ramp: 100 };
      const written = [0, 0, 0];
      const announced = [0, 0, 0];
      let now = 0;
      let loadTurns = 0;
      let asking = Promise.withResolvers<void>();
      const book = defineResource({
        name: "book",
        tags: (id: number) => [tags.book(id)],
        ttl: "1 hour",
        mode: () => {
          asking.resolve();
          return flags.mode;
        },
        ramp: () => flags.ramp,
        load: async (id) => {
          const value = { id, startedAt: (now += 1), version: written[id] ?? 0 };
          await pass(loadTurns);
          return value;
        },
      });
      const cache = new Cache({ store: new MemoryStore() });

      async function read(id: number, isBulk: boolean): Promise<void> {
        const asked = (now += 1);
        const least = announced[id] ?? 0;
        const isApart = flags.mode === "shadow" || flags.ramp === 0;
        const value = isBulk ? (await cache.getMany(book, [id, id]))[1] : await cache.get(book, id);
        if (value === undefined || value instanceof Error)
          throw new Error("no value", { cause: value });
        expect(value.version).toBeGreaterThanOrEqual(least);
        expect(isApart ? value.startedAt : Infinity).toBeGreaterThan(asked);
      }

      async function write(id: number): Promise<void> {
        const version = (written[id] = (written[id] ?? 0) + 1);
        await cache.invalidate(tags.book(id));
        announced[id] = Math.max(announced[id] ?? 0, version);
      }

      const work: Promise<void>[] = [];
      for (const { kind, mode, ramp, id, turns, pause } of steps) {
        loadTurns = turns;
        if (kind === "switch") Object.assign(flags, { mode, ramp });
        else if (kind === "write") work.push(write(id));
        else {
          asking = Promise.withResolvers();
          work.push(read(id, kind === "getMany"));
          // A read uses the mode and ramp that were set when it began.
          await asking.promise;
        }
        await pass(pause);
      }
      await Promise.all(work);
    }),
    { numRuns: 100 },
  );
  expect(fc.defaultReportMessage(outcome)).toBeUndefined();
});
