import { routes } from "@algoitny/functions/deployment/routes";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  cost,
  execution,
  type Fields,
  type Json,
  type Person,
  startWorld,
  type World,
} from "../support/people.ts";

type Who = "nobody" | "ann" | "admin";

let world: World;
let problem: Json;
let doomed: Json;
let testCase: Json;
let row: Json;

beforeAll(async () => {
  world = await startWorld({ instances: 2 });
  problem = await world.createProblem({ problem_id: "1000", title: "First" });
  doomed = await world.createProblem({ problem_id: "2000", platform: "codeforces" });
  row = await world.record(world.ann, problem.id, { is_code_public: true });
  await world.streams.drained();
});
afterAll(() => world.close());

/** Every cached read, by its route: the caller and the path. */
const READS: [route: string, who: Who, path: () => string][] = [
  ["GET /api/problems/", "nobody", () => "/api/problems/"],
  ["GET /api/problems/", "nobody", () => "/api/problems/?platform=baekjoon&search=first"],
  ["GET /api/problems/drafts/", "admin", () => "/api/problems/drafts/"],
  ["GET /api/problems/registered/", "admin", () => "/api/problems/registered/"],
  ["GET /api/problems/{id}/", "nobody", () => `/api/problems/${problem.id}/`],
  ["GET /api/problems/{id}/", "admin", () => `/api/problems/${problem.id}/`],
  ["GET /api/problems/{id}/", "nobody", () => `/api/problems/${doomed.id}/`],
  ["GET /api/problems/{platform}/{problem_id}/", "nobody", () => "/api/problems/baekjoon/1000/"],
  ["GET /api/problems/{platform}/{problem_id}/", "nobody", () => "/api/problems/baekjoon/3000/"],
  ["GET /api/problems/{id}/testcases/", "nobody", () => `/api/problems/${problem.id}/testcases/`],
  ["GET /api/account/stats/", "ann", () => "/api/account/stats/"],
  ["GET /api/history/", "nobody", () => "/api/history/"],
  ["GET /api/history/", "ann", () => "/api/history/?my_only=true"],
  ["GET /api/history/{id}/", "nobody", () => `/api/history/${row.id}/`],
  ["GET /api/history/{id}/hints/", "ann", () => `/api/history/${row.id}/hints/`],
];

interface Write {
  as: "ann" | "admin";
  path: () => string;
  body?: () => Fields;
  /** Indexes of the READS whose answers change. */
  changes: number[];
  keep?: (answer: Json) => void;
}

/** Every write, in an order in which the items that it needs exist. */
const WRITES: Record<string, Write> = {
  "POST /api/problems/": {
    as: "admin",
    path: () => "/api/problems/",
    body: () => ({
      platform: "baekjoon",
      problem_id: "3000",
      title: "First too",
      is_completed: true,
    }),
    changes: [0, 1, 3, 8],
  },
  "PATCH /api/problems/{id}/": {
    as: "admin",
    path: () => `/api/problems/${problem.id}/`,
    body: () => ({ title: "First of all" }),
    changes: [0, 1, 3, 4, 5, 7],
  },
  "POST /api/problems/{id}/testcases/": {
    as: "admin",
    path: () => `/api/problems/${problem.id}/testcases/`,
    body: () => ({ input: "1", output: "2" }),
    changes: [0, 1, 3, 4, 5, 7, 9],
    keep: (answer) => (testCase = answer),
  },
  "PUT /api/problems/{id}/testcases/{tc}/": {
    as: "admin",
    path: () => `/api/problems/${problem.id}/testcases/${testCase.id}/`,
    body: () => ({ input: "3", output: "4" }),
    changes: [4, 5, 7, 9],
  },
  "POST /api/history/": {
    as: "ann",
    path: () => "/api/history/",
    body: () => execution(problem.id, { is_code_public: true }),
    changes: [4, 5, 7, 10, 11, 12],
  },
  "PATCH /api/history/{id}/": {
    as: "ann",
    path: () => `/api/history/${row.id}/`,
    body: () => ({ hints: ["think"] }),
    changes: [11, 12, 13, 14],
  },
  "DELETE /api/problems/{id}/testcases/{tc}/": {
    as: "admin",
    path: () => `/api/problems/${problem.id}/testcases/${testCase.id}/`,
    changes: [0, 1, 3, 4, 5, 7, 9],
  },
  "DELETE /api/problems/{id}/": {
    as: "admin",
    path: () => `/api/problems/${doomed.id}/`,
    changes: [0, 3, 6],
  },
  "DELETE /api/problems/{platform}/{problem_id}/": {
    as: "admin",
    path: () => "/api/problems/baekjoon/3000/",
    changes: [0, 1, 3, 8],
  },
};

const tokenOf = (who: Who) => (who === "nobody" ? {} : { as: world[who].token });
const inProcess = (instance: number) => ({ "x-local-instance": String(instance) });

/** Answers of one process to all reads. */
const readAll = (instance: number) =>
  Promise.all(
    READS.map(async ([, who, path]) => {
      const response = await world.call(path(), { ...tokenOf(who), headers: inProcess(instance) });
      return { cache: cost(response).cache, status: response.status, body: await response.text() };
    }),
  );
const answers = (readings: Awaited<ReturnType<typeof readAll>>) =>
  readings.map(({ status, body }) => ({ status, body }));

const send = (route: string, instance: number, headers: Record<string, string> = {}) => {
  const { as, path, body } = WRITES[route] as Write;
  return world.call(path(), {
    method: route.slice(0, route.indexOf(" ")),
    as: world[as].token,
    headers: { ...inProcess(instance), ...headers },
    ...(body && { body: JSON.stringify(body()) }),
  });
};

test("this file covers every write and every cached read of the API", () => {
  // GraphQL has the same views and writes (graphql-endpoint.test.ts); the document and its page show no data.
  const isOther = /\/(ops|health|graphql|docs|openapi\.json)\//;
  const ofApi = Object.keys(routes).filter((route) => !isOther.test(route));
  const isRead = (route: string) => route.startsWith("GET ");
  expect(Object.keys(WRITES).toSorted()).toEqual(ofApi.filter((each) => !isRead(each)).toSorted());
  const read = new Set(READS.map(([route]) => route));
  expect([...read].toSorted()).toEqual(ofApi.filter(isRead).toSorted());
});

test(
  "a write through one process is visible in the other at once, on every endpoint",
  { timeout: 120_000 },
  async () => {
    // A process stores a search at its second request.
    for (const instance of [0, 1]) await readAll(instance);
    for (const [index, route] of Object.keys(WRITES).entries()) {
      const [writer, reader] = [index % 2, (index + 1) % 2] as const;
      await readAll(reader);
      const before = await readAll(reader);
      // A 404 does not show its cost.
      const shown = before.filter(({ status }) => status !== 404);
      expect(new Set(shown.map(({ cache }) => cache))).toEqual(new Set(["hit"]));

      const response = await send(route, writer);
      const now = await readAll(reader);
      expect([route, response.ok]).toEqual([route, true]);
      const { changes, keep } = WRITES[route] as Write;
      const [was, is] = [answers(before), answers(now)];
      const changed = READS.flatMap((_, place) =>
        is[place]?.body === was[place]?.body ? [] : [place],
      );
      expect([route, changed]).toEqual([route, changes]);

      await world.streams.drained();
      await world.send("POST", "/api/ops/cache/clear/", world.admin, {});
      expect([route, is]).toEqual([route, answers(await readAll(reader))]);
      keep?.(await response.json());
    }
  },
);

describe("the invalidated tags of a write", () => {
  const groupsOf = async (as: Person, path: string, headers: Record<string, string>) => {
    const text = `At ${performance.now()}`;
    const body = JSON.stringify(path.includes("problems") ? { title: text } : { hints: [text] });
    const response = await world.call(path, { method: "PATCH", as: as.token, headers, body });
    return response.headers.get("cache-groups");
  };
  const debug = { "cache-debug": "1" };

  test("are listed for an admin who asks for them", async () => {
    const groups = (await groupsOf(world.admin, `/api/problems/${problem.id}/`, debug)) ?? "";
    const tags = groups.split(", ");
    expect(tags.every((tag) => /^"[\w:.~%@*'()!-]+"$/.test(tag))).toBe(true);
    expect(tags).toEqual(
      expect.arrayContaining([
        `"problem:${problem.id}"`,
        '"problem_key:baekjoon:1000"',
        '"problem_list:baekjoon"',
      ]),
    );
  });

  test("are hidden from all others, and from an admin who does not ask", async () => {
    expect(await groupsOf(world.admin, `/api/problems/${problem.id}/`, {})).toBeNull();
    expect(await groupsOf(world.ann, `/api/history/${row.id}/`, debug)).toBeNull();
  });
});
