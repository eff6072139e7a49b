import { setImmediate as turn } from "node:timers/promises";
import { createTurns } from "@algoitny/local/runtime/turns";
import { expect, test } from "vitest";

test("work that fails passes its turn on, to waiting work and to later work", async () => {
  const inTurn = createTurns(1);
  const begun: string[] = [];
  const failing = (name: string) =>
    inTurn("a", async () => {
      begun.push(name);
      throw new Error(name);
    }).catch(() => undefined);
  for (const name of ["first", "second"]) void failing(name);
  await turn();
  void failing("later");
  await turn();
  expect(begun).toEqual(["first", "second", "later"]);
});
