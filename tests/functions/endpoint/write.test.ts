import { parseTag } from "@algoitny/cache";
import type { Store } from "@algoitny/cache/store";
import { Problem } from "@algoitny/core/problem/problem";
import type { Change } from "@algoitny/core/table/entities";
import { created, ok } from "@algoitny/functions/endpoint/answer";
import { expect, test } from "vitest";
import { ADMIN, context, setup, thing, USER } from "../support/test-endpoint.ts";
import { httpEvent } from "../support/http-events.ts";

const problem = (title: string) =>
  Problem.parse({
    id: 7,
    platform: "baekjoon",
    problem_id: "1000",
    title,
    is_completed: true,
    created_at: "2025-10-07T00:00:00.000Z",
  });
const changes: Change[] = [{ entity: "problem", before: problem("old"), after: problem("new") }];

const patch = httpEvent({ method: "PATCH", claims: ADMIN });

test("a write invalidates what it changed before it answers", async () => {
  const order: string[] = [];
  const wrap = (store: Store): Store => ({
    ...spread(store),
    delete: async (keys) => {
      const count = await store.delete(keys);
      order.push(...keys.map((key) => key.split(":tag:")[1] ?? ""));
      return count;
    },
  });
  const { endpoint } = setup({ wrap });
  const handler = endpoint("PATCH /api/problems/{id}/", {}, async (_, call) => {
    await call.changed(changes);
    order.push("answer");
    return ok({});
  });
  await handler(patch, context);
  expect(order.at(-1)).toBe("answer");
  expect(order).toEqual(
    expect.arrayContaining([
      "problem:7",
      "problem_list:baekjoon",
      "problem_list_all",
      "problem_key:baekjoon:1000",
    ]),
  );
});

/**
 * An endpoint whose tables report a tag of recorded reads; `commands` lists the tags of each command that invalidates.
 */
function recordedEndpoint() {
  const commands: string[][] = [];
  const note = (keys: readonly string[]) =>
    void commands.push(keys.map((key) => key.split(":tag:")[1] ?? ""));
  const wrap = (store: Store): Store => ({
    ...spread(store),
    delete: (keys) => {
      note(keys);
      return store.delete(keys);
    },
    begin: (request) => {
      note(request.stampKeys);
      return store.begin(request);
    },
  });
  return { ...setup({ wrap, names: [NAME] }), commands };
}

const NAME = parseTag("d:name");

test.each([
  ["together with those of its rules, in one command", changes, [NAME, "problem:7"]],
  ["before its answer, although it reports no change", undefined, [NAME]],
])("a write invalidates its tags of recorded reads %s", async (_, reported, emptied) => {
  const { endpoint, commands } = recordedEndpoint();
  const handler = endpoint("PATCH /api/problems/{id}/", {}, async (_input, call) => {
    await call.tables();
    if (reported) await call.changed(reported);
    return ok({});
  });
  expect(await handler(patch, context)).toMatchObject({ statusCode: 200 });
  expect(commands).toEqual([expect.arrayContaining(emptied)]);
});

test("a write invalidates its tags of recorded reads although its request fails", async () => {
  const { endpoint, commands } = recordedEndpoint();
  const handler = endpoint("PATCH /api/problems/{id}/", {}, async (_, call) => {
    await call.tables();
    throw new Error("no answer of the table");
  });
  expect(await handler(patch, context)).toMatchObject({ statusCode: 500 });
  expect(commands).toEqual([[NAME]]);
});

test("a write that hides something announces its tags of recorded reads too", async () => {
  const { endpoint, commands, hides } = recordedEndpoint();
  const handler = endpoint("PATCH /api/problems/{id}/", {}, async () => {
    await hides.at(-1)?.(changes, async () => undefined, [NAME]);
    return ok({});
  });
  await handler(patch, context);
  expect(commands).toEqual([expect.arrayContaining([NAME, "problem:7"])]);
});

test("a write lists its invalidated tags for admins who ask for them, and for no one else", async () => {
  const { endpoint } = setup();
  const handler = endpoint("POST /api/history/", {}, async (_, call) => {
    await call.changed(changes);
    return ok({});
  });
  const groups = async (claims: object, headers: Record<string, string>) => {
    const event = httpEvent({ method: "POST", claims: { ...claims }, headers });
    return (await handler(event, context)).headers?.["cache-groups"];
  };
  const asked = { "cache-debug": "1" };
  expect(await groups(ADMIN, asked)).toContain('"problem:7"');
  expect(await groups(USER, asked)).toBeUndefined();
  expect(await groups(ADMIN, {})).toBeUndefined();
});

test("a write succeeds when its invalidation fails, and logs that the stream will invalidate", async () => {
  const wrap = (store: Store): Store => ({
    ...spread(store),
    delete: () => Promise.reject(new Error("store of a@b.io is gone")),
  });
  const { endpoint, lines } = setup({ wrap });
  const handler = endpoint("PATCH /api/problems/{id}/", {}, async (_, call) => {
    await call.changed(changes);
    return ok({ written: true });
  });
  expect(await handler(patch, context)).toMatchObject({
    statusCode: 200,
    body: '{"written":true}',
  });
  expect(lines).toEqual([
    expect.objectContaining({
      level: "warn",
      message: expect.stringContaining("stream"),
      tags: expect.arrayContaining(["problem:7"]),
    }),
  ]);
  expect(JSON.stringify(lines)).not.toContain("a@b.io");
});

test("a write succeeds when its result cannot be loaded for the answer: after an error the client would repeat it", async () => {
  const { endpoint, lines } = setup();
  const handler = endpoint("POST /api/problems/", {}, async (_, call) => {
    await call.changed(changes);
    return created(await call.load(thing, { id: "broken" }), "/api/problems/7/");
  });
  const { statusCode, headers, body } = await handler(patch, context);
  expect([statusCode, headers?.["location"]]).toEqual([201, "/api/problems/7/"]);
  expect(JSON.parse(body ?? "")).toEqual({ message: expect.stringContaining("done") });
  expect(lines).toMatchObject([{ level: "error", message: "the written item cannot be loaded" }]);
  expect(JSON.stringify(lines)).not.toContain("admin@example.com");
});

/** A store's methods as plain properties, so that one of them can be replaced. */
function spread(store: Store): Store {
  return {
    mget: (keys) => store.mget(keys),
    follow: (request) => store.follow(request),
    lease: (requests) => store.lease(requests),
    revalidate: (request) => store.revalidate(request),
    stamps: (request) => store.stamps(request),
    commit: (requests) => store.commit(requests),
    begin: (request) => store.begin(request),
    end: (request) => store.end(request),
    beat: (request) => store.beat(request),
    release: (request) => store.release(request),
    expire: (request) => store.expire(request),
    delete: (keys) => store.delete(keys),
    walk: (request) => store.walk(request),
  };
}
