import { InvalidEventError, parseEvent } from "@algoitny/functions/parse-event";
import { expect, test } from "vitest";
import * as z from "zod";

const Event = z.object({ plan: z.enum(["lists", "drafts"]).optional(), dry_run: z.boolean() });

test("an event's error is one line with its fields and the allowed values", () => {
  expect(() => parseEvent(Event, { plan: "x" })).toThrow(
    new InvalidEventError(
      'plan: Invalid option: expected one of "lists"|"drafts"; dry_run: Invalid input: expected boolean, received undefined',
    ),
  );
  expect(() => parseEvent(Event, 1)).toThrow(/^event: /);
  expect(parseEvent(Event, { dry_run: true })).toEqual({ dry_run: true });
});
