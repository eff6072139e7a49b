import { expect, test } from "vitest";
import { explore } from "../model/explore.ts";

test("x", { timeout: 600_000 }, async () => {
  const a = await explore({ seed: 1, runs: 3000 });
  console.log(process.cpuUsage().user / 1000, a.steps, a.broken?.complaint);
  expect(a.broken).toBeUndefined();
});
