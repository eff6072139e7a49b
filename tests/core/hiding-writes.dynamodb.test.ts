import { tagsFor } from "@algoitny/core/invalidation-rules";
import { createTables, type Tables } from "@algoitny/core/tables";
import type { Hide } from "@algoitny/core/table/database";
import { expect, test } from "vitest";
import { actor, anExecution, aProblem, setup } from "./support/fixtures.ts";

interface Ids {
  listed: number;
  draft: number;
  shown: number;
  hidden: number;
}
type Write = (tables: Tables, ids: Ids) => Promise<unknown>;

async function start() {
  const app = await setup();
  const { problems, history } = app.tables;
  const { id: listed } = await problems.create(aProblem());
  const { id: draft } = await problems.create(aProblem({ problem_id: "2", is_completed: false }));
  const record = (is_code_public: boolean) =>
    history.record(actor("ann"), anExecution({ problem_id: listed, is_code_public }));
  const ids = { listed, draft, shown: (await record(true)).id, hidden: (await record(false)).id };
  return { ...app, ids, hiding: (hide: Hide) => createTables({ ...app.table.db, hide }) };
}

const HIDING: Record<string, Write> = {
  "an execution's code made private": ({ history }, { shown }) =>
    history.change(shown, "ann", { is_code_public: false }),
  "an execution made private together with new hints": ({ history }, { shown }) =>
    history.change(shown, "ann", { is_code_public: false, hints: ["think"] }),
  "a problem turned into a draft": ({ problems }, { listed }) =>
    problems.change(listed, { is_completed: false }),
  "a problem marked as deleted": ({ problems }, { listed }) =>
    problems.change(listed, { is_deleted: true }),
  "a problem's deletion": ({ problems }, { listed }) => problems.remove(listed),
  "a draft's deletion": ({ problems }, { draft }) => problems.remove(draft),
};

test.each(Object.entries(HIDING))(
  "%s is announced to the cache before it is written",
  async (_, write) => {
    await using app = await start();
    const { ids, hiding } = app;
    const refused = new Error("not now");
    const before = await readAll(app.tables, ids);
    await expect(
      write(
        hiding(() => Promise.reject(refused)),
        ids,
      ),
    ).rejects.toBe(refused);
    expect(await readAll(app.tables, ids)).toEqual(before);

    let announced: string[] = [];
    const tables = hiding(async (changes, send) => {
      expect(await readAll(app.tables, ids)).toEqual(before);
      announced = tagsFor(changes);
      return send();
    });
    const { changes } = (await write(tables, ids)) as { changes: Parameters<typeof tagsFor>[0] };
    expect(announced).toEqual(tagsFor(changes));
    expect(await readAll(app.tables, ids)).not.toEqual(before);
  },
);

const SHOWING: Record<string, Write> = {
  "an execution's code made public": ({ history }, { hidden }) =>
    history.change(hidden, "ann", { is_code_public: true }),
  "new hints": ({ history }, { shown }) => history.change(shown, "ann", { hints: ["think"] }),
  "an execution that is private already": ({ history }, { hidden }) =>
    history.change(hidden, "ann", { is_code_public: false }),
  "a new title": ({ problems }, { listed }) => problems.change(listed, { title: "Other" }),
  "a new title of what is a draft already": ({ problems }, { draft }) =>
    problems.change(draft, { title: "Other", is_completed: false }),
  "a draft that is published": ({ problems }, { draft }) =>
    problems.change(draft, { is_completed: true }),
};

test.each(Object.entries(SHOWING))(
  "%s hides nothing and is written without an announcement",
  async (_, write) => {
    await using app = await start();
    const { ids, hiding } = app;
    const tables = hiding(() => Promise.reject(new Error("not now")));
    await expect(write(tables, ids)).resolves.toBeDefined();
  },
);

async function readAll({ problems, history }: Tables, { listed, draft, shown }: Ids) {
  return [await problems.get(listed), await problems.get(draft), await history.get(shown)];
}
