import { compileFilters, type Pattern } from "@algoitny/local/streams/filter";
import { describe, expect, test } from "vitest";

const insert = {
  eventName: "INSERT",
  dynamodb: {
    Keys: { pk: { S: "PROBLEM#1" } },
    NewImage: {
      entity: { S: "problem" },
      title: { S: "Watermelon" },
      deleted: { BOOL: false },
      note: { NULL: true },
      count: { N: "5" },
      tags: { SS: ["math", "greedy"] },
      steps: { L: [{ S: "first" }, { S: "second" }] },
    },
  },
  size: 12,
  gone: null,
};
const remove = {
  eventName: "REMOVE",
  dynamodb: { Keys: { pk: { S: "PROBLEM#1" } }, OldImage: { entity: { S: "problem" } } },
};
const image = (field: string, rules: unknown): Pattern => ({
  dynamodb: { NewImage: { [field]: rules } },
});

describe("a filter", () => {
  test.each<[string, Pattern, boolean]>([
    ["takes an exact text", { eventName: ["INSERT"] }, true],
    ["takes any of several texts", { eventName: ["REMOVE", "INSERT"] }, true],
    ["refuses another text", { eventName: ["MODIFY"] }, false],
    ["takes an exact boolean", image("deleted", { BOOL: [false] }), true],
    ["distinguishes a boolean from a text", image("deleted", { BOOL: ["false"] }), false],
    ["takes null", { gone: [null] }, true],
    ["distinguishes null from a missing field", { missing: [null] }, false],
    ["needs every field to match", { eventName: ["INSERT"], size: [13] }, false],
    ["takes `exists: true` on a value", image("title", { S: [{ exists: true }] }), true],
    ["refuses `exists: false` on a value", image("title", { S: [{ exists: false }] }), false],
    [
      "takes `exists: false` below a missing object",
      { dynamodb: { OldImage: { entity: { S: [{ exists: false }] } } } },
      true,
    ],
    ["sees no value in an object", { dynamodb: { NewImage: [{ exists: true }] } }, false],
    ["takes a prefix", image("title", { S: [{ prefix: "Water" }] }), true],
    ["minds the case of a prefix", image("title", { S: [{ prefix: "water" }] }), false],
    ["takes an N attribute by its text", image("count", { N: ["5"] }), true],
    ["takes a set by one of its members", image("tags", { SS: ["greedy"] }), true],
    ["takes a list by one of its elements", image("steps", { L: { S: ["second"] } }), true],
    ["takes either rule of a field", image("title", { S: ["Other", { prefix: "W" }] }), true],
  ])("%s", (_name, pattern, expected) => {
    expect(compileFilters([pattern])(insert)).toBe(expected);
  });

  test("on the keys lets INSERT, MODIFY and REMOVE through", () => {
    const passes = compileFilters([
      { dynamodb: { Keys: { pk: { S: [{ prefix: "PROBLEM#" }] } } } },
    ]);
    expect([insert, { ...insert, eventName: "MODIFY" }, remove].map(passes)).toEqual([
      true,
      true,
      true,
    ]);
  });

  test("is not needed: without one every record passes; with several, a record that any of them accepts", () => {
    expect(compileFilters([])(insert)).toBe(true);
    const passes = compileFilters([image("entity", { S: ["problem"] }), { eventName: ["REMOVE"] }]);
    expect([insert, remove, { eventName: "MODIFY" }].map(passes)).toEqual([true, true, false]);
  });

  test.each<[Pattern, string]>([
    [
      { eventName: "INSERT" },
      'filter.eventName: put the accepted values in a list, as in ["INSERT"]',
    ],
    [{ eventName: [] }, "filter.eventName: put the accepted values in a list"],
    [{ a: { b: [{ suffix: "x" }] } }, "filter.a.b: use exists or prefix in a rule"],
    [{ a: [{ prefix: "x", exists: true }] }, "filter.a: use exists or prefix in a rule"],
    [{ a: [{ exists: "yes" }] }, 'filter.a: `exists` cannot take "yes"'],
    [{ a: [{ prefix: 1 }] }, "filter.a: `prefix` cannot take 1"],
    [{ $or: [{ a: [1] }] }, "filter.$or: the local cloud has no $or"],
    [{}, "filter: name at least one field"],
  ])("that AWS would refuse is refused with the place and the reason: %j", (pattern, message) => {
    expect(() => compileFilters([pattern])).toThrow(message);
  });
});
