import { historyDetail } from "@algoitny/core/history/history.resources";
import { toHistoryDetail } from "@algoitny/core/history/history-view";
import { keys } from "@algoitny/core/table/keys";
import { NumberValueImpl } from "@aws-sdk/util-dynamodb";
import { expect, test } from "vitest";
import { actor, anExecution, aProblem, setup, shownBy } from "../support/fixtures.ts";
import { uncached } from "@algoitny/core/uncached";

/** A number that DynamoDB stores and that JavaScript cannot represent. */
const LONG = NumberValueImpl.from("12345678901234567.5");

const ann = actor("ann");

/** Attribute of an execution's row, with a value that cannot be read. */
const DAMAGED: [string, unknown][] = [
  ["passed_count", "many"],
  ["passed_count", { n: 1 }],
  ["failed_count", [LONG]],
  ["total_count", true],
  ["problem", LONG],
  ["problem", "seven"],
  ["problem_number", { n: LONG }],
  ["problem_title", [1000]],
  ["platform", new Set(["baekjoon"])],
  ["user", LONG],
  ["user_email", true],
  ["user_identifier", { name: "ann" }],
  ["language", ["c"]],
  ["code", { text: "c" }],
  ["created_at", [LONG]],
  ["sub", 7],
  ["sub", LONG],
  ["sub", ""],
  ["sub", null],
];

test.each(DAMAGED)(
  "an execution whose %s is %j hides no other execution, and a repair restores it",
  async (name, value) => {
    await using app = await setup();
    const { history, problems } = app.tables;
    const { id: problem_id } = await problems.create(aProblem());
    const record = () => history.record(ann, anExecution({ problem_id, is_code_public: true }));
    const [{ id }, other] = [await record(), await record()];
    const get = async () => {
      const found = await history.get(id);
      return found && { sub: found.row.sub, ...toHistoryDetail(found, []) };
    };
    const listed = async (viewer?: string) => {
      const query = { viewer, my_only: viewer !== undefined, offset: 0, limit: 20 };
      return (await history.page(query)).rows.map((row) => row?.id);
    };
    const before = await get();
    await app.changeItem(keys.history(id), { [name]: value });
    const source = uncached(() => Promise.resolve(app.tables));
    const shown = shownBy(historyDetail, { id, viewer: undefined }, source);
    await expect(shown).rejects.toThrow(`cannot be read: ${name}`);
    expect(await listed()).toEqual([other.id]);
    expect(await history.repair(id, {})).toMatchObject({ unreadable: [name] });

    const right = Reflect.get(Object(before), name) as unknown;
    expect(await history.repair(id, { [name]: right })).toMatchObject({ unreadable: [] });
    expect(await get()).toEqual(before);
    for (const viewer of [undefined, ann.sub]) expect(await listed(viewer)).toEqual([other.id, id]);
  },
);
