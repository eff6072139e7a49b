import { type Key, keys } from "@algoitny/core/table/keys";
import { DynamoDBClient, UpdateItemCommand } from "@aws-sdk/client-dynamodb";

import { views } from "@algoitny/core/views";
import type { Deployment } from "./deployment.ts";
import { theOne } from "./graph.ts";
import { expectDone, untilDone } from "./busy-machine.ts";
import { useBackground } from "./background-scenario.ts";
import { readByGraphQL, writeByGraphQL } from "./graphql-scenario.ts";

// oxlint-disable-next-line typescript/no-explicit-any -- answers are looked at field by field
type Json = any;

/** Uses every function at least once, with every kind of access to the table; each answer must have its status. */
export async function useEverything(deployment: Deployment): Promise<void> {
  const admin = await deployment.tokenOf({
    sub: "admin",
    email: "admin@example.com",
    email_verified: true,
  });
  const user = await deployment.tokenOf({ sub: "user", email: "user@example.com" });

  async function ask(
    status: number,
    route: string,
    body?: unknown,
    token = admin,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Json> {
    const [method = "", path = ""] = route.split(" ");
    const response = await fetch(`${deployment.url}/api${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...headers,
        ...(body ? { "content-type": "application/json" } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const text = await response.text();
    if (response.status !== status) {
      const errors = deployment.output().match(/^.*"level":"error".*$/gm) ?? [];
      throw new Error(`${route} answered ${response.status}: ${text}\n${errors.at(-1) ?? ""}`);
    }
    return text === "" ? undefined : JSON.parse(text);
  }

  const damage = damageOf(deployment);
  const problem = await useProblems(ask, damage);
  const execution = await useHistory(ask, user, problem, damage);
  const another = await writeByGraphQL(ask, user);
  // With an empty cache, each of them reads the catalogue itself.
  for (const path of ["drafts/", "registered/", ""]) {
    await ask(200, "POST /ops/cache/clear/");
    await ask(200, `GET /problems/${path}`);
  }
  // A change without an invalidation: the check of the hit finds it, and schedules another check.
  await ask(200, "GET /account/stats/", undefined, user);
  await damage(keys.userStats("user"), "total_executions", 7);
  // The second requests are hits; each function has its first hit checked.
  await readProblems(twice(ask), user, problem);
  await readHistory(twice(ask), user, execution);
  for (const fields of ["title", "title platform"]) await readByGraphQL(ask, user, another, fields);
  // Stale entries are served at once, and refreshed through a queue.
  const tags = views.map(({ tag }) => tag);
  await ask(200, "POST /ops/cache/invalidate/", { tags, soft: true });
  await readProblems(ask, user, problem);
  await readHistory(ask, user, execution);
  await readByGraphQL(ask, user, another, "title tags");
  await deployment.services.queues.drained();
  await useOperations(ask, deployment, damage);
  await usePage(deployment);
  await ask(200, "POST /ops/cache/clear/");
  await useBackground(deployment);
  await removeProblems(ask);
}

type Ask = (
  status: number,
  route: string,
  body?: unknown,
  token?: string,
  headers?: Readonly<Record<string, string>>,
) => Promise<Json>;

const twice =
  (ask: Ask): Ask =>
  async (...request) => {
    await ask(...request);
    return ask(...request);
  };

/**
 * Changes an attribute without the API. Without a number, it becomes unreadable: the next write repairs it, which
 * requires further rights.
 */
type Damage = (key: Key, attribute: string, number?: number) => Promise<void>;

function damageOf({ graph, services }: Deployment): Damage {
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const endpoint = services.engineUrl;
  const TableName = String(theOne(graph, "aws:dynamodb/table:Table").inputs["name"]);
  return async ({ pk, sk }, attribute, number) => {
    const client = new DynamoDBClient({ endpoint, region: "us-east-1", credentials });
    await client.send(
      new UpdateItemCommand({
        TableName,
        Key: { pk: { S: pk }, sk: { S: sk } },
        UpdateExpression: "SET #attribute = :damaged",
        ExpressionAttributeNames: { "#attribute": attribute },
        ExpressionAttributeValues: {
          ":damaged": number === undefined ? { S: "damaged" } : { N: String(number) },
        },
      }),
    );
    client.destroy();
  };
}

/** A write that first compares the item, which requires further rights. */
const askOutdated = (ask: Ask, route: string, body?: unknown, token?: string) =>
  ask(412, route, body, token, { "if-match": '"outdated"' });

const theatre = { platform: "codeforces", problem_id: "1A", title: "Theatre Square" };

/** Returns the id of an existing problem. */
async function useProblems(ask: Ask, damage: Damage): Promise<number> {
  const { id } = await ask(201, "POST /problems/", { ...theatre, solution_code: "x" });
  await ask(409, "POST /problems/", theatre);
  const changes = { is_completed: true, problem_id: "1B", constraints: "n" };
  await askOutdated(ask, `PATCH /problems/${id}/`, changes);
  await ask(200, `PATCH /problems/${id}/`, changes);
  await ask(201, "POST /problems/", { ...theatre, problem_id: "2A" });
  await ask(409, `PATCH /problems/${id}/`, { problem_id: "2A" });
  await ask(404, "PATCH /problems/999/", changes);
  await useTestCases(ask, id, damage);
  await ask(404, "GET /nothing/");
  return id;
}

async function readProblems(ask: Ask, user: string, id: number): Promise<void> {
  await ask(200, "GET /problems/?search=theatre");
  await ask(200, "GET /problems/");
  for (const token of [undefined, user]) await ask(200, `GET /problems/${id}/`, undefined, token);
  await ask(200, `HEAD /problems/${id}/`);
  await ask(200, "GET /problems/codeforces/1B", undefined, user);
  await ask(404, "GET /problems/codeforces/9Z/");
  await ask(200, `GET /problems/${id}/testcases/`);
  await ask(200, "GET /problems/registered/");
  await ask(200, "GET /problems/registered/?page=1");
  await ask(200, "GET /problems/drafts/");
}

async function useTestCases(ask: Ask, problem: number, damage: Damage): Promise<void> {
  const text = { input: "1", output: "2" };
  const [first, second] = await ask(201, `POST /problems/${problem}/testcases/`, [text, text]);
  await ask(404, "POST /problems/999/testcases/", text);
  const list = keys.testCases(problem);
  await damage(keys.counter("test_case"), "last");
  await damage(list, "test_case_ids");
  await ask(201, `POST /problems/${problem}/testcases/`, text);
  await askOutdated(ask, `POST /problems/${problem}/testcases/`, text);
  await askOutdated(ask, `PUT /problems/${problem}/testcases/${first.id}/`, text);
  await askOutdated(ask, `DELETE /problems/${problem}/testcases/${second.id}/`);
  await damage(list, "test_case_ids");
  await ask(200, `PUT /problems/${problem}/testcases/${first.id}/`, { input: "5", output: "6" });
  await ask(200, `PUT /problems/${problem}/testcases/${first.id}/`, { input: "5", output: "7" });
  await ask(404, `PUT /problems/${problem}/testcases/999/`, text);
  await damage(list, "test_case_ids");
  await ask(200, `DELETE /problems/${problem}/testcases/${second.id}/`);
  await ask(404, `DELETE /problems/${problem}/testcases/999/`);
}

/** Returns the ids of two executions. */
async function useHistory(
  ask: Ask,
  user: string,
  problem: number,
  damage: Damage,
): Promise<[number, number]> {
  const execution = {
    problem_id: problem,
    language: "cpp",
    code: "int main(){}",
    result_summary: "1 of 1",
    passed_count: 1,
    failed_count: 0,
    total_count: 1,
    is_code_public: true,
    test_results: [{ test_case_id: 1, passed: true, status: "ok", output: "2", error: null }],
  };
  const first = await ask(201, "POST /history/", execution, user);
  const second = await ask(201, "POST /history/", execution, user);
  await ask(404, "POST /history/", { ...execution, problem_id: 999 }, user);
  const changes = { is_code_public: false, hints: ["look again"] };
  await askOutdated(ask, `PATCH /history/${first.id}/`, changes, user);
  await ask(200, `PATCH /history/${first.id}/`, changes, user);
  await ask(404, "PATCH /history/999/", changes, user);
  // The first execution of a third group moves the counts of the first group into the tree.
  for (const last of [10_000, 20_000]) {
    await damage(keys.counter("history"), "last", last);
    // A process first uses up the ids that it had reserved before the counter was changed.
    for (let id = 0; id < last;) ({ id } = await ask(201, "POST /history/", execution, user));
  }
  return [first.id, second.id];
}

async function readHistory(
  ask: Ask,
  user: string,
  [first, second]: [number, number],
): Promise<void> {
  await ask(200, `GET /history/${second}/hints/`, undefined, user);
  await ask(200, "GET /history/", undefined, user);
  await ask(200, "GET /history/?my_only=true", undefined, user);
  await ask(200, `GET /history/${first}/`, undefined, user);
  await ask(200, "GET /account/stats/", undefined, user);
}

async function useOperations(ask: Ask, { services }: Deployment, damage: Damage): Promise<void> {
  for (const path of ["", "live/", "ready/"])
    await untilDone(() => ask(200, `GET /health/${path}`));
  await ask(200, "GET /ops/metrics/?by=endpoint");
  await ask(200, "GET /openapi.json");
  await ask(200, "GET /ops/findings/");
  await ask(200, "GET /ops/requests/");
  await ask(200, "HEAD /docs/");
  await ask(200, "GET /ops/advice/");
  await ask(200, "POST /ops/experiments/", { view: "problem_detail", ttl_seconds: 900 });
  await ask(409, "POST /ops/experiments/", { view: "problem_detail", ttl_seconds: 900 });
  await ask(200, "GET /ops/experiments/");
  await ask(200, "POST /ops/experiments/problem_detail/stop/");
  await ask(200, "POST /ops/experiments/", { view: "user_stats", ttl_seconds: 900 });
  // The guard's schedule ends this experiment, because it is older than 14 days.
  const days15 = Math.floor(Date.now() / 1_000) - 15 * 86_400;
  await damage(keys.experiment("user_stats"), "started_at", days15);
  await ask(200, "GET /ops/experiments/");
  await ask(200, "GET /ops/cache/stats/");
  await ask(200, "GET /ops/cache/keys/");
  await ask(200, "GET /ops/cache/top/");
  await ask(200, "GET /ops/cache/entry/?key=problem_list:all");
  const pattern = "problem_list*";
  await ask(200, "POST /ops/cache/invalidate/", { pattern });
  const job = await ask(202, "POST /ops/cache/invalidate/", { pattern, async: true });
  await services.queues.drained();
  const { status } = await ask(200, `GET /ops/cache/invalidations/${job.id}/`);
  if (status !== "done") throw new Error(`the invalidation is ${status}`);
  await ask(200, "POST /ops/cache/clear/");
  await untilDone(async () => expectDone(await ask(200, "POST /ops/cache/warm/", {})));
}

/** The dashboard, as a browser loads it, and a sign-in whose issuer cannot be reached. */
async function usePage({ url }: Deployment): Promise<void> {
  const document = await fetch(`${url}/ops/`);
  const [file] = /\/ops\/main-\w+\.js/.exec(await document.text()) ?? [];
  const script = await fetch(`${url}${file}`, { headers: { "accept-encoding": "br" } });
  const body = JSON.stringify({ refresh_token: "none" });
  const config = await fetch(`${url}/ops/config.json`);
  const token = await fetch(`${url}/ops/token`, { method: "POST", body });
  const statuses = [document, script, config, token].map(({ status }) => status);
  if (statuses.join() !== "200,200,200,503")
    throw new Error(`the dashboard answered ${statuses.join()}`);
}

async function removeProblems(ask: Ask): Promise<void> {
  const { id } = await ask(201, "POST /problems/", { ...theatre, problem_id: "3A" });
  await askOutdated(ask, `DELETE /problems/${id}/`);
  await ask(200, `DELETE /problems/${id}/`);
  await ask(404, "DELETE /problems/999/");
  await askOutdated(ask, "DELETE /problems/codeforces/1B/");
  await ask(200, "DELETE /problems/codeforces/1B/");
  await ask(404, "DELETE /problems/codeforces/9Z/");
}
