import { views } from "@algoitny/core/views";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { cost, type Json, startWorld, type World } from "../support/people.ts";

let world: World;
let problem: Json;

beforeAll(async () => {
  world = await startWorld({ instances: 2 });
  problem = await world.createProblem({ problem_id: "1000", title: "Old title" });
  await world.streams.drained();
  // Each process loads the code of a first stale hit, so that a hundred concurrent requests need not wait for that.
  for (const instance of ["0", "1"]) {
    await read();
    await expire();
    await world.call(detail(), { headers: { "x-local-instance": instance } });
    await world.queues.drained();
  }
});
afterEach(() => world.queues.drained());
afterAll(() => world.close());

const detail = () => `/api/problems/${problem.id}/`;
const expire = () =>
  world.send("POST", "/api/ops/cache/invalidate/", world.admin, {
    problem_id: problem.id,
    soft: true,
  });
const read = async () => {
  const response = await world.call(detail());
  return { ...cost(response), body: await response.text() };
};
/** Every run of the consumer since the start, as `queue/refresh-entries, 1 record`. */
const runs = () =>
  world.entries.flatMap((entry) =>
    entry.kind === "queue" ? [entry.text.replace(/, [\d.]+ ms.*/, "")] : [],
  );
const waiting = () => world.queues.queue("Refreshes").messages().length;

test("100 concurrent requests for a stale entry are answered with it, and it is loaded once", async () => {
  const { body } = await read();
  await expire();
  const before = runs().length;
  const answers = await Promise.all(Array.from({ length: 100 }, read));
  // The last responses may already be hits of the refreshed entry; none has waited for a load.
  expect(answers.filter((answer) => answer.reads > 0 || answer.body !== body)).toEqual([]);
  expect(answers[0]?.cache).toBe("stale");
  await world.queues.drained();
  expect(runs().slice(before)).toEqual(["queue/refresh-entries, 1 record"]);
  expect(await read()).toEqual({ cache: "hit", reads: 0, body });
  expect(waiting()).toBe(0);
});

test("every view can be refreshed by the message that is sent for its stale entry", async () => {
  await world.record(world.ann, problem.id, { is_code_public: true });
  const row = await world.record(world.ann, problem.id, { is_code_public: false });
  await world.streams.drained();
  const search = "/api/problems/?platform=baekjoon&search=old&page_size=7";
  // A process stores a search at its second request.
  for (const instance of ["0", "1"])
    await world.call(search, { headers: { "x-local-instance": instance } });
  const reads: [path: string, as?: string][] = [
    ["/api/problems/"],
    [search],
    [detail()],
    [detail(), world.admin.token],
    ["/api/problems/baekjoon/1000/"],
    ["/api/problems/drafts/", world.admin.token],
    ["/api/problems/registered/", world.admin.token],
    [`/api/problems/${problem.id}/testcases/`],
    ["/api/account/stats/", world.ann.token],
    ["/api/history/"],
    ["/api/history/?my_only=true&limit=3", world.ann.token],
    [`/api/history/${row.id}/`, world.ann.token],
  ];
  const states = () =>
    Promise.all(
      reads.map(async ([path, as]) => {
        const response = await world.call(path, as ? { as } : {});
        return [path, response.status, cost(response).cache];
      }),
    );
  const all = (state: string) => reads.map(([path]) => [path, 200, state]);
  await states();
  await world.send("POST", "/api/ops/cache/invalidate/", world.admin, {
    tags: views.map(({ tag }) => tag),
    soft: true,
  });
  expect(await states()).toEqual(all("stale"));
  await world.queues.drained();
  // On a busy machine a refresh may run out of time, and is received again after a minute.
  world.queues.skip(60);
  await world.queues.drained();
  expect(await states()).toEqual(all("hit"));
  expect(world.queues.queue("FailedRefreshes").messages()).toEqual([]);
});

test("an entry that was invalidated is loaded, not served as stale", async () => {
  await read();
  await expire();
  await world.send("PATCH", detail(), world.admin, { title: "New title" });
  const answer = await read();
  expect(answer.cache).toBe("miss");
  expect(answer.body).toContain("New title");
});

test("a refresh that fails is tried again, and in the end its message stays in the dead-letter queue for an operator", async () => {
  const key = `problem_detail:id:${problem.id}`;
  const task = { resource: "problem_detail", params: { id: "one" }, key, entryId: "x" };
  const body = JSON.stringify(task);
  world.queues.queue("Refreshes").send({ body, groupId: "any", deduplicationId: "any" });
  for (let receives = 0; receives < 3; receives += 1) {
    await world.queues.drained();
    expect(world.queues.queue("Refreshes").counts).toEqual({ visible: 0, hidden: 1 });
    world.queues.skip(60);
  }
  await world.queues.drained();
  expect(waiting()).toBe(0);
  const dead = world.queues.queue("FailedRefreshes").messages();
  expect(dead.map((message) => message.body)).toEqual([body]);
});
