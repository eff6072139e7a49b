import { placesOf } from "@algoitny/core/history/feed-counters";
import { toHistoryPage } from "@algoitny/core/history/history-view";
import type { Database } from "@algoitny/core/table/database";
import { keys } from "@algoitny/core/table/keys";
import { createTables, type Tables } from "@algoitny/core/tables";
import { TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import { TransactWriteCommand } from "@aws-sdk/lib-dynamodb";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { auditFeeds, SMALL_SHAPE } from "../support/feed-audit.ts";
import { actor, anExecution, aProblem, setup } from "../support/fixtures.ts";

type Send = (command: unknown) => Promise<unknown>;

/** The tables over a database whose requests go through `around`. */
function tablesAround(db: Database, around: (command: unknown, send: Send) => Promise<unknown>) {
  const send = (command: unknown) => db.send(command as never) as Promise<unknown>;
  const wrapped = {
    ...db,
    send: ((command: unknown) => around(command, send)) as Database["send"],
  };
  return createTables(wrapped, { feedShape: SMALL_SHAPE });
}

const MOST_TRANSACTIONS = 40;

/** Throws after `MOST_TRANSACTIONS` transactions: endless retries of a write would take seconds. */
function patience(): () => void {
  let left = MOST_TRANSACTIONS;
  return () => {
    left -= 1;
    if (left < 0) throw new Error("tried again and again");
  };
}

async function world() {
  const app = await setup({ feedShape: SMALL_SHAPE });
  const { id: problem_id } = await app.tables.problems.create(aProblem());
  const record = (tables: Tables, sub: string, is_code_public: boolean) =>
    tables.history.record(actor(sub), anExecution({ problem_id, is_code_public }));
  return { app, record, db: app.table.db, [Symbol.asyncDispose]: () => app[Symbol.asyncDispose]() };
}

const PUBLIC = { kind: "public" as const };

const page = async (tables: Tables, viewer?: string, offset = 0) =>
  toHistoryPage(await tables.history.page({ viewer, my_only: false, offset, limit: 100 }));

/** Faults of a transaction in transit. */
const FAULTS = ["none", "refused", "lost", "answer lost", "sent twice", "conflict"] as const;

async function withFault(fault: (typeof FAULTS)[number], run: () => Promise<unknown>) {
  if (fault === "conflict") {
    const conflict = { message: "conflict", $metadata: {} };
    const CancellationReasons = [{ Code: "TransactionConflict" }];
    throw new TransactionCanceledException({ ...conflict, CancellationReasons });
  }
  if (fault === "refused") {
    const CancellationReasons = [{ Code: "ConditionalCheckFailed" }];
    throw new TransactionCanceledException({ message: "", $metadata: {}, CancellationReasons });
  }
  if (fault === "lost") throw new Error("the process ends before it writes");
  const answer = await run();
  if (fault === "sent twice") await run();
  if (fault === "answer lost") throw new Error("the process ends before it hears of its write");
  return answer;
}

test("every count equals the number of the feed's entries, whichever writes were repeated, refused or cut off", async () => {
  const fault = fc.oneof(
    { weight: 6, arbitrary: fc.constant("none" as const) },
    ...FAULTS.map((each) => ({ weight: 1, arbitrary: fc.constant(each) })),
  );
  const step = fc.record({
    sub: fc.constantFrom("ann", "bob"),
    isPublic: fc.boolean(),
    flips: fc.option(fc.nat()),
    alone: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 8, maxLength: 24 }),
      fc.infiniteStream(fault),
      async (steps, faults) => {
        await using of = await world();
        const tables = tablesAround(of.db, (command, send) =>
          command instanceof TransactWriteCommand
            ? withFault(faults.next().value, () => send(command))
            : send(command),
        );
        const written: { id: number; sub: string; is_code_public: boolean }[] = [];
        const running: Promise<unknown>[] = [];
        for (const { sub, isPublic, flips, alone } of steps) {
          const row = flips === null ? undefined : written[flips % Math.max(1, written.length)];
          const work = row
            ? tables.history.change(row.id, row.sub, { is_code_public: isPublic })
            : of
                .record(tables, sub, isPublic)
                .then(({ id }) => written.push({ id, sub, is_code_public: isPublic }));
          running.push(work.catch(() => undefined));
          if (alone) await Promise.all(running.splice(0));
        }
        await Promise.all(running);
        const { said, right } = await auditFeeds(of.db, SMALL_SHAPE);
        expect(said).toEqual(right);
      },
    ),
    { numRuns: 5 },
  );
}, 120_000);

test("an execution whose group is moved into the tree while it is recorded is counted there", async () => {
  await using of = await world();
  const { tables } = of.app;
  let isFirst = true;
  const bearWith = patience();
  const slow = tablesAround(of.db, async (command, send) => {
    if (command instanceof TransactWriteCommand) bearWith();
    if (command instanceof TransactWriteCommand && isFirst) {
      isFirst = false;
      for (let count = 0; count < 20; count += 1) await of.record(tables, "bob", true);
    }
    return send(command);
  });
  await of.record(tables, "ann", true);
  await expect(of.record(slow, "ann", true)).resolves.toMatchObject({ id: 2 });
  expect((await page(tables)).count).toBe(22);
  const { said, right } = await auditFeeds(of.db, SMALL_SHAPE);
  expect(said).toEqual(right);
});

test("a count that changes while its group moves is not lost", async () => {
  await using of = await world();
  const { tables } = of.app;
  let moves = 0;
  const watched = tablesAround(of.db, async (command, send) => {
    const isMove =
      command instanceof TransactWriteCommand &&
      command.input.TransactItems?.some((each) => each.Delete?.Key?.["sk"].startsWith("COUNTS"));
    if (isMove && moves++ === 0) await tables.history.change(1, "ann", { is_code_public: false });
    return send(command);
  });
  for (let count = 0; count < 12; count += 1) await of.record(watched, "ann", true);
  expect(moves).toBeGreaterThan(0);
  expect((await page(tables)).count).toBe(11);
  const { said, right } = await auditFeeds(of.db, SMALL_SHAPE);
  expect(said).toEqual(right);
});

test("ids that the counter gives again after their groups have moved are skipped, and change no count", async () => {
  await using of = await world();
  const { tables } = of.app;
  const ids = [];
  for (let count = 0; count < 12; count += 1) ids.push((await of.record(tables, "ann", true)).id);
  await tables.history.change(ids[0] as number, "ann", { is_code_public: false });
  await of.app.changeItem(keys.counter("history"), { last: 0 });
  const bearWith = patience();
  // Another process, which has no block of ids yet.
  const other = tablesAround(of.db, async (command, send) => {
    if (command instanceof TransactWriteCommand) bearWith();
    return send(command);
  });
  await expect(of.record(other, "bob", true)).resolves.toSatisfy(({ id }) => id > 12);
  const { said, right } = await auditFeeds(of.db, SMALL_SHAPE);
  expect(said).toEqual(right);
});

test("a page that is read while a group moves counts each execution once", async () => {
  await using of = await world();
  const { tables } = of.app;
  const fillGroup = async () => {
    while (((await of.record(tables, "ann", true)).id + 1) % 4 > 0);
  };
  await fillGroup();
  for (let pause = 0, requests = 1; pause < requests; pause += 1) {
    await fillGroup();
    const { count } = await page(tables);
    requests = 0;
    const watched = tablesAround(of.db, async (command, send) => {
      const answer = await send(command);
      // The first execution of a group moves an earlier group into the tree.
      if (requests++ === pause) await of.record(tables, "bob", true);
      return answer;
    });
    const read = await page(watched);
    expect([count, count + 1]).toContain(read.count);
    expect(new Set(read.results.map(({ id }) => id)).size).toBe(read.results.length);
  }
}, 60_000);

test("a page reads counters of at most three groups of the public feed, however many executions there are", async () => {
  await using of = await world();
  const { tables } = of.app;
  for (let count = 0; count < 40; count += 1) await of.record(tables, "ann", true);
  const { said } = await auditFeeds(of.db, SMALL_SHAPE);
  expect(Object.keys(said).some((name) => name.startsWith("FEED#PUBLIC node 2"))).toBe(true);
  const groups = new Set<string>();
  const watched = tablesAround(of.db, async (command, send) => {
    const answer = (await send(command)) as { Items?: { sk: string }[] };
    for (const { sk } of answer.Items ?? [])
      if (sk.startsWith("COUNTS#GROUP#")) groups.add(sk.slice(0, -3));
    return answer;
  });
  await page(watched);
  expect(groups.size).toBeLessThanOrEqual(3);
  expect(await placesOf(of.db, [PUBLIC], 1, SMALL_SHAPE)).toEqual(["tree"]);
});
