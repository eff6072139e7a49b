import type { Command } from "@algoitny/local/redis/reply";
import { expect, test } from "vitest";
import { JustChanged } from "./just-changed.ts";
import { createLaggingReplica } from "./lagging-replica.ts";
import { createLateCopies } from "./late-copies.ts";
import { createOutages } from "./outages.ts";
import { mixes } from "./mixes.ts";
import { createPlant } from "./planted-bug.ts";
import type { Question } from "./question.ts";
import { createMoments, Register } from "./register.ts";

test("an answer during an outage may be as of any moment since its start, and of none before", () => {
  const moments = createMoments();
  const outages = createOutages(moments);
  const register = new Register(moments, "before");
  register.write("at its start")();
  const end = outages.begin();
  register.write("during it")();
  const span = (from: number) => ({ from: outages.earliest(from), to: moments.next() });
  expect(register.possible(span(moments.next()))).toEqual(["at its start", "during it"]);
  const across = moments.next();
  end();
  expect(register.possible(span(across))).toEqual(["at its start", "during it"]);
  expect(register.possible(span(moments.next()))).toEqual(["during it"]);
});

test("a Redis that comes back older may show what was true when it saved", () => {
  const moments = createMoments();
  const outages = createOutages(moments);
  const saved = moments.next();
  moments.next();
  outages.begin(saved);
  expect(outages.earliest(moments.next())).toBe(saved);
});

test("the planted bug drops the invalidations of one rule, whoever sends them, and nothing else", async () => {
  const plant = createPlant(mixes.everything.dropped);
  const sent: (readonly Command[])[] = [];
  const commands: Command[] = [
    ["DEL", "algoitny:1:tag:problem:7", "algoitny:1:tag:problem_list_all"],
    ["DEL", "algoitny:1:tag:problem:8"],
    ["MGET", "algoitny:1:tag:problem:7"],
  ];
  const run = async (instead: readonly Command[] = commands) => {
    sent.push(instead);
    return [];
  };
  await plant.intercept(commands, run);
  plant.planted = true;
  await plant.intercept(commands, run);
  expect(sent).toEqual([
    commands,
    [["DEL", "algoitny:1:tag:problem_list_all"], ["DEL", "storm:nothing"], commands[2]],
  ]);
});

test("a replica that lags answers plain reads as of before, and the primary everything else", async () => {
  const replica = createLaggingReplica();
  const run = () => Promise.resolve([Buffer.from("now")]);
  const look: Command[] = [["MGET", "a", "b"]];
  expect(await replica.intercept(look, run)).toEqual([Buffer.from("now")]);
  replica.show(new Map([["a", Buffer.from("before")]]));
  expect(await replica.intercept(look, run)).toEqual([[Buffer.from("before"), null]]);
  expect(await replica.intercept([["EVAL", "script", "1", "a"]], run)).toEqual([
    Buffer.from("now"),
  ]);
});

test("only requests that change something may be copied, and only a share of them", async () => {
  let draws = 0;
  using copies = createLateCopies(() => {
    draws += 1;
    return 0.5;
  });
  const run = () => Promise.resolve([]);
  await copies.intercept([["MGET", "a"]], run);
  expect(draws).toBe(0);
  await copies.intercept([["DEL", "a"]], run);
  expect([draws, copies.delivered()]).toEqual([1, 0]);
});

test("readers draw from entries that were changed a moment ago, and are in the cache again", () => {
  const question = (key: string) => ({ key }) as Question;
  const justChanged = new JustChanged();
  expect(justChanged.draw(0)).toBeUndefined();
  justChanged.note([question("one"), question("two")]);
  expect([justChanged.has(question("one")), justChanged.has(question("other"))]).toEqual([
    true,
    false,
  ]);
  expect(justChanged.draw(0)).toBeUndefined();
  justChanged.noteHit(question("two"));
  justChanged.noteHit(question("other"));
  expect(justChanged.draw(0.99)?.key).toBe("two");
});
