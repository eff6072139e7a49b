import * as z from "zod";
import type { ApiAnswer } from "../api-client.ts";
import type { Api } from "./smoke-api.ts";

/** Reason for skipping a check: the token does not permit it, or it has nothing to check. */
export class Skipped extends Error {
  override readonly name = "Skipped";
}

export interface Check {
  name: string;
  /** Waits for minutes: skipped if the first check has failed, because it would wait in vain. */
  waits?: true;
  run: (api: Api) => Promise<void>;
}

/** Checks that a deployment must pass before it is announced, the most common faults first. */
export const checks: readonly Check[] = [
  {
    name: "is ready: the cache accepts reads and writes, and the database answers",
    async run(api) {
      const { json } = expectStatus(
        200,
        await api.ask("GET", "/health/ready/", { anonymous: true }),
      );
      const { checks: parts } = z.object({ checks: z.record(z.string(), z.string()) }).parse(json);
      const bad = Object.entries(parts).filter(([, state]) => state !== "ok");
      if (bad.length > 0) throw new Error(bad.map((part) => part.join(": ")).join(", "));
    },
  },
  {
    name: "serves a repeated read from the cache, without the database",
    async run(api) {
      const { headers } = await readUntilHit(api, "/problems/");
      expectHeader(headers, "cache-status", /; ?hit/);
      expectHeader(headers, "server-timing", /db;desc="0 reads"/);
    },
  },
  {
    name: "answers 304 to a client that has the current list",
    async run(api) {
      const { headers } = await api.ask("GET", "/problems/", { anonymous: true });
      const etag = headers.get("etag") ?? "";
      const again = { anonymous: true, headers: { "if-none-match": etag } };
      expectStatus(304, await api.ask("GET", "/problems/", again));
    },
  },
  {
    name: "serves the second GraphQL query from the cache",
    async run(api) {
      const body = { query: "query SmokeTest { problems(first: 1) { totalCount } }" };
      expectStatus(200, await api.ask("POST", "/graphql/", { anonymous: true, body }));
      const { headers } = await api.ask("POST", "/graphql/", { anonymous: true, body });
      expectHeader(headers, "cache-status", /; ?hit/);
    },
  },
  {
    name: "answers a path with and without its trailing slash, and an unknown path with a 404",
    async run(api) {
      expectStatus(200, await api.ask("GET", "/problems", { anonymous: true }));
      const { json } = expectStatus(
        404,
        await api.ask("GET", "/no-such-path/", { anonymous: true }),
      );
      z.object({ error: z.string() }).parse(json);
    },
  },
  {
    name: "serves an OpenAPI document that describes /problems/",
    async run(api) {
      const { json } = expectStatus(
        200,
        await api.ask("GET", "/openapi.json", { anonymous: true }),
      );
      const { paths } = z.object({ paths: z.record(z.string(), z.unknown()) }).parse(json);
      if (!("/problems/" in paths)) throw new Error("it does not describe /problems/");
    },
  },
  {
    name: "refuses a protected path without a token",
    async run(api) {
      expectStatus(401, await api.ask("GET", "/account/stats/", { anonymous: true }));
      expectStatus(401, await api.ask("POST", "/problems/", { anonymous: true, body: {} }));
    },
  },
  {
    name: "accepts the token",
    async run(api) {
      const answer = await api.ask("GET", "/account/stats/");
      if (answer.status === 401) {
        throw new Error(
          "the token is refused: it is not a token, has expired, or is not of AUTH_ISSUER and AUTH_AUDIENCE",
        );
      }
      expectStatus(200, answer);
    },
  },
  {
    name: "answers a preflight from another origin with 204 without allowing anything",
    async run(api) {
      const { headers } = await preflight(api, "https://unknown-origin.example");
      const allowed = headers.get("access-control-allow-origin");
      if (allowed !== null) throw new Error(`allows ${allowed}: check CORS_ORIGINS`);
    },
  },
  {
    name: "allows browsers of each configured origin",
    async run(api) {
      if (api.origins.length === 0)
        throw new Skipped("CORS_ORIGINS is not set here, so CORS was not checked");
      for (const origin of api.origins) {
        const { headers } = await preflight(api, origin);
        if (headers.get("access-control-allow-origin") !== origin) {
          throw new Error(`does not allow ${origin}: deploy with this CORS_ORIGINS`);
        }
        expectHeader(headers, "access-control-allow-methods", /\bPATCH\b/);
        expectHeader(headers, "access-control-allow-headers", /\bauthorization\b/i);
      }
    },
  },
  { name: "shows a write in the writer's next read", run: writeAndRead },
];

/** Key of the one draft that all runs use. A deleted problem keeps its key, so each run restores the last run's draft. */
const DRAFT = { platform: "smoke", problem_id: "SMOKE-TEST" };

/**
 * Writes a draft, changes it, reads it after each write and deletes it. It leaves one deleted problem in the table,
 * however often the check runs: the API deletes no problem permanently.
 */
async function writeAndRead(api: Api): Promise<void> {
  const path = await writeDraft(api, "Smoke test");
  try {
    await expectTitle(api, path, "Smoke test");
    expectStatus(200, await api.ask("PATCH", path, { body: { title: "Changed" } }));
    await expectTitle(api, path, "Changed");
    expectStatus(404, await api.ask("GET", path, { anonymous: true }));
  } finally {
    expectStatus(200, await api.ask("DELETE", path));
  }
}

/** Restores the draft, or creates it in the first run. Returns its path. */
async function writeDraft(api: Api, title: string): Promise<string> {
  const known = await api.ask("GET", `/problems/${DRAFT.platform}/${DRAFT.problem_id}/`);
  const answer =
    known.status === 200
      ? await api.ask("PATCH", pathOf(known), { body: { title, is_deleted: false } })
      : await api.ask("POST", "/problems/", { body: { ...DRAFT, title } });
  if (answer.status === 401) throw new Skipped("the token is refused");
  if (answer.status === 403) throw new Skipped("the token is not an admin's");
  return pathOf(expectStatus(known.status === 200 ? 200 : 201, answer));
}

function pathOf({ json }: ApiAnswer): string {
  return `/problems/${z.object({ id: z.int() }).parse(json).id}/`;
}

/** Sends the preflight of a browser before a PATCH with a token; the browser only continues after a 2xx. */
async function preflight(api: Api, origin: string): Promise<ApiAnswer> {
  const headers = {
    origin,
    "access-control-request-method": "PATCH",
    "access-control-request-headers": "authorization,content-type",
  };
  return expectStatus(204, await api.ask("OPTIONS", "/problems/1/", { anonymous: true, headers }));
}

async function expectTitle(api: Api, path: string, title: string): Promise<void> {
  const { json } = expectStatus(200, await api.ask("GET", path));
  const shown = z.object({ title: z.string() }).parse(json).title;
  if (shown !== title) throw new Error(`${path} shows "${shown}" after "${title}" was written`);
}

function expectStatus(status: number, answer: ApiAnswer): ApiAnswer {
  if (answer.status === status) return answer;
  const { error } = z.object({ error: z.string() }).catch({ error: "" }).parse(answer.json);
  throw new Error(`answered ${answer.status} instead of ${status}${error && `: ${error}`}`);
}

/** Reads a path up to three times: the invalidation of a write in between makes the second read a miss too. */
async function readUntilHit(api: Api, path: string): Promise<ApiAnswer> {
  const read = async () => expectStatus(200, await api.ask("GET", path, { anonymous: true }));
  let answer = await read();
  for (let again = 0; again < 2 && !isHit(answer); again += 1) answer = await read();
  return answer;
}

const isHit = ({ headers }: ApiAnswer) => /; ?hit/.test(headers.get("cache-status") ?? "");

function expectHeader(headers: Headers, name: string, pattern: RegExp): void {
  const value = headers.get(name) ?? "";
  if (!pattern.test(value)) throw new Error(`${name} is "${value}"`);
}
