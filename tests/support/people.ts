import { createClient } from "@algoitny/core/table/database";
import type { Key } from "@algoitny/core/table/keys";
import { changeItemCommand } from "./change-item.ts";
import { testCloud, type TestCloud } from "./test-cloud.ts";

/** User with a token. */
export interface Person {
  sub: string;
  email: string;
  token: string;
}

/** A local cloud with users, and shortcuts for writing to it. */
export interface World extends TestCloud {
  admin: Person;
  ann: Person;
  bob: Person;
  /** Calls with a JSON body; rejects unless the answer has the status. */
  send(method: string, path: string, as: Person, body: unknown, status?: number): Promise<Json>;
  /** The JSON of a GET; rejects unless it is a 200. */
  get(path: string, as?: Person): Promise<Json>;
  createProblem(fields?: Fields): Promise<Json>;
  record(as: Person, problemId: number, fields?: Fields): Promise<Json>;
  /** Changes attributes of an item directly in DynamoDB, without the API. */
  changeItem(key: Key, attributes: Fields): Promise<void>;
}

export type Fields = Record<string, unknown>;
// oxlint-disable-next-line typescript/no-explicit-any -- bodies are what these tests are about
export type Json = any;

export async function startWorld(options: Parameters<typeof testCloud>[0] = {}): Promise<World> {
  const cloud = await testCloud(options);
  const client = createClient(cloud.dynamodb.endpoint);
  const person = async (name: string, claims: Fields = {}): Promise<Person> => {
    const who = { sub: `sub-of-${name}`, email: `${name}@Example.com` };
    return {
      ...who,
      token: await cloud.issueToken({ ...who, preferred_username: name, ...claims }),
    };
  };

  async function send(
    method: string,
    path: string,
    as: Person,
    body: unknown,
    status?: number,
  ): Promise<Json> {
    const response = await cloud.call(path, { method, as: as.token, body: JSON.stringify(body) });
    const text = await response.text();
    if (status === undefined ? !response.ok : response.status !== status) {
      throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
    }
    return JSON.parse(text);
  }

  const admin = await person("admin", { is_admin: true });
  let lastNumber = 1000;
  return {
    ...cloud,
    admin,
    ann: await person("ann"),
    bob: await person("bob"),
    send,
    async get(path, as) {
      const response = await cloud.call(path, as ? { as: as.token } : {});
      if (response.status !== 200)
        throw new Error(`GET ${path} answered ${response.status}: ${await response.text()}`);
      return response.json();
    },
    createProblem(fields = {}) {
      lastNumber += 1;
      const number = `${lastNumber}`;
      const problem = {
        platform: "baekjoon",
        problem_id: number,
        title: `Problem ${number}`,
        is_completed: true,
      };
      return send("POST", "/api/problems/", admin, { ...problem, ...fields }, 201);
    },
    record: (as, problemId, fields = {}) =>
      send("POST", "/api/history/", as, execution(problemId, fields), 201),
    async changeItem(key, attributes) {
      await client.send(changeItemCommand(cloud.dynamodb.table, key, attributes));
    },
  };
}

/** A body of `POST /history/`. */
export function execution(problemId: number, fields: Fields = {}): Fields {
  return {
    problem_id: problemId,
    language: "python",
    code: "print(1)",
    result_summary: { passed: 1 },
    passed_count: 1,
    failed_count: 0,
    total_count: 1,
    is_code_public: false,
    ...fields,
  };
}

/** Cache status and number of database requests of an answer, from its `Server-Timing`. */
export function cost(response: Response): { cache: string | undefined; reads: number } {
  const timing = response.headers.get("server-timing") ?? "";
  return {
    cache: /\bcache;desc="(\w+)"/.exec(timing)?.[1]?.toLowerCase(),
    reads: Number(/\bdb;desc="(\d+) reads?"/.exec(timing)?.[1]),
  };
}
