import { once } from "@algoitny/functions/once";
import { expect, test, vi } from "vitest";

test("callers share one attempt, a failed one too, and later callers make another until one succeeds", async () => {
  const make = vi
    .fn<() => Promise<string>>()
    .mockRejectedValueOnce(new Error("no module"))
    .mockResolvedValueOnce("made");
  const value = once(make);
  expect(await Promise.allSettled([value(), value()])).toMatchObject([
    { reason: { message: "no module" } },
    { reason: { message: "no module" } },
  ]);
  expect(await Promise.allSettled([value(), value()])).toMatchObject([
    { value: "made" },
    { value: "made" },
  ]);
  await value();
  expect(make).toHaveBeenCalledTimes(2);
});
