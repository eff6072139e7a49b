import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { type ApiGateway } from "@algoitny/local/api-gateway/start-gateway";
import { startApi } from "@algoitny/local/local-api";
import { startRuntime, type Runtime } from "@algoitny/local/invoke";
import {
  claimsOf,
  createIssuer,
  JWKS_PATH,
  LOCAL_ADMIN_CLAIM,
  LOCAL_AUDIENCE,
  LOCAL_ISSUER,
} from "@algoitny/local/issuer/issuer";
import { functionEnvironment } from "@algoitny/local/runtime/environment";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { contractError, errorOf } from "./support/error-requests.ts";
import { cost, execution, type Json, startWorld, type World } from "../support/people.ts";

/** Address of a port without a listener. */
const NOWHERE = "http://127.0.0.1:9";

interface Api extends Pick<ApiGateway, "url" | "close"> {
  token: string;
}

let world: World;
let problem: Json;
/**
 * Clouds that share the world's Redis, and store test cases for a second: one has the same database, the other none.
 */
let healthy: Api;
let cutOff: Api;

beforeAll(async () => {
  world = await startWorld();
  problem = await world.createProblem({ problem_id: "1000" });
  await world.streams.drained();
  healthy = await startApiOver(world.dynamodb.endpoint);
  cutOff = await startApiOver(NOWHERE);
});
afterAll(async () => {
  await Promise.all([healthy.close(), cutOff.close()]);
  await world.close();
});

async function startApiOver(databaseEndpoint: string): Promise<Api> {
  const issuer = await createIssuer();
  const ready = Promise.withResolvers<Runtime>();
  const gateway = await startApi({ port: 0, issuer, runtime: ready.promise, log: () => {} });
  const auth = {
    issuer: LOCAL_ISSUER,
    audience: LOCAL_AUDIENCE,
    jwksUri: `${gateway.url}${JWKS_PATH}`,
    adminEmails: ["boss@example.com"],
    adminClaim: LOCAL_ADMIN_CLAIM,
  };
  const { url, token } = world.upstash;
  const links = { Table: { name: world.dynamodb.table }, Redis: { url, token }, Auth: auth };
  const runtime = startRuntime({
    env: functionEnvironment(
      links,
      { dynamodb: databaseEndpoint },
      {
        ...process.env,
        CACHE_TEST_CASES_TTL: "1",
      },
    ),
  });
  ready.resolve(runtime);
  return {
    url: gateway.url,
    token: await issuer.issueToken({ ...claimsOf("boss@example.com", false), sub: "boss" }),
    async close() {
      await gateway.close();
      await runtime.close();
    },
  };
}

describe("without its database the API", () => {
  test("answers cached requests, byte for byte the same", async () => {
    const path = `/api/problems/${problem.id}/`;
    const before = await (await fetch(`${healthy.url}${path}`)).text();
    const response = await fetch(`${cutOff.url}${path}`);
    expect([response.status, cost(response).cache]).toEqual([200, "hit"]);
    expect(await response.text()).toBe(before);
  });

  test("answers with expired entries while their load fails, and `cache-status` says stale", async () => {
    const path = `/api/problems/${problem.id}/testcases/`;
    const before = await (await fetch(`${healthy.url}${path}`)).text();
    const ask = () => fetch(`${cutOff.url}${path}`);
    await expect
      .poll(async () => (await ask()).headers.get("cache-status"), { timeout: 10_000 })
      .toMatch(/ttl=-\d+/);
    const response = await ask();
    expect([response.status, cost(response).cache]).toEqual([200, "stale"]);
    expect(await response.text()).toBe(before);
  });

  test("answers lists and searches from the cached catalogue", async () => {
    for (const query of ["?page_size=7", "?search=1000", "?platform=made-up"]) {
      // In sequence: the healthy cloud fills the catalogue first.
      const before = await fetch(`${healthy.url}/api/problems/${query}`);
      const now = await fetch(`${cutOff.url}/api/problems/${query}`);
      expect(now.status).toBe(200);
      expect(await now.text()).toBe(await before.text());
    }
  });

  test("answers other reads and writes with a 503 and Retry-After", async () => {
    const asBoss = { authorization: `Bearer ${cutOff.token}`, "content-type": "application/json" };
    const answers = [
      await fetch(`${cutOff.url}/api/problems/4711/`),
      await fetch(`${cutOff.url}/api/history/?limit=7`),
      await fetch(`${cutOff.url}/api/history/`, {
        method: "POST",
        headers: asBoss,
        body: JSON.stringify(execution(problem.id)),
      }),
    ];
    for (const response of answers) {
      expect(response.headers.get("retry-after")).toMatch(/^\d+$/);
      expect(await errorOf(response)).toEqual(contractError(503));
    }
  });

  test("is alive but not ready", async () => {
    const down = { status: "unavailable", checks: { redis: "ok", dynamodb: "down" } };
    for (const path of ["/api/health/", "/api/health/ready/"]) {
      const response = await fetch(`${cutOff.url}${path}`);
      expect([response.status, response.headers.get("retry-after"), await response.json()]).toEqual(
        [503, "1", down],
      );
    }
    expect((await fetch(`${cutOff.url}/api/health/live/`)).status).toBe(200);
  });
});

describe("over a database that accepts connections and never answers, the API", () => {
  let silent: Server;
  const sockets: Socket[] = [];
  let waiting: Api;

  beforeAll(async () => {
    silent = createServer((socket) => sockets.push(socket)).listen(0, "127.0.0.1");
    await once(silent, "listening");
    waiting = await startApiOver(`http://127.0.0.1:${(silent.address() as AddressInfo).port}`);
  });
  afterAll(async () => {
    await waiting.close();
    for (const socket of sockets) socket.destroy();
    silent.close();
  });

  test("answers reads and writes with a 503 before its functions time out", async () => {
    const headers = {
      authorization: `Bearer ${waiting.token}`,
      "content-type": "application/json",
    };
    const answers = await Promise.all([
      fetch(`${waiting.url}/api/problems/4711/`),
      fetch(`${waiting.url}/api/history/?limit=7`),
      fetch(`${waiting.url}/api/problems/${problem.id}/`, {
        method: "PATCH",
        headers,
        body: JSON.stringify({ title: "New" }),
      }),
      fetch(`${waiting.url}/api/history/`, {
        method: "POST",
        headers,
        body: JSON.stringify(execution(problem.id)),
      }),
    ]);
    for (const response of answers) {
      expect(response.headers.get("retry-after")).toMatch(/^\d+$/);
      expect(await errorOf(response)).toEqual(contractError(503));
    }
  });
});

test("without Redis and the database a read is a 503", async () => {
  await world.redis.stop();
  try {
    const response = await fetch(`${cutOff.url}/api/problems/${problem.id}/`);
    expect(response.headers.get("retry-after")).toBe("1");
    expect(await errorOf(response)).toEqual(contractError(503));
  } finally {
    await world.redis.start();
  }
});

test("an email address on the configured list is an admin's", async () => {
  const headers = { authorization: `Bearer ${healthy.token}` };
  expect((await fetch(`${healthy.url}/api/problems/drafts/`, { headers })).status).toBe(200);
});
