import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { raw, type RawResponse } from "../support/raw-request.ts";
import { type Json, startWorld, type World } from "../support/people.ts";

type Who = "nobody" | "ann" | "admin";

/** Every cached read of the contract: path, caller, the entry's key, its lifetime in seconds. */
const READS: readonly [path: string, who: Who, key: string, ttlSeconds: number][] = [
  ["/api/problems/", "nobody", "problem_list:platform:all:search:none:page:1", 300],
  [
    "/api/problems/?platform=baekjoon&search=AB&page=1&page_size=5",
    "nobody",
    "problem_list:platform:baekjoon:search:ab:page:1:size:5",
    300,
  ],
  ["/api/problems/1/", "nobody", "problem_detail:id:1", 600],
  ["/api/problems/baekjoon/1000/", "nobody", "problem_detail:platform:baekjoon:1000", 600],
  ["/api/problems/1/testcases/", "nobody", "test_cases:problem:1", 900],
  ["/api/problems/drafts/", "admin", "problem_drafts:all", 60],
  ["/api/problems/registered/", "admin", "problem_registered:all", 300],
  ["/api/account/stats/", "ann", "user_stats:sub-of-ann", 180],
  ["/api/history/", "nobody", "search_history:anonymous:offset:0:limit:20:my_only:false", 120],
  ["/api/history/?limit=5", "ann", "search_history:sub-of-ann:offset:0:limit:5:my_only:false", 120],
  ["/api/history/1/", "ann", "history_detail:id:1:viewer:sub-of-ann", 120],
];

/** The same, and the hints: they are read from the entry of another path, so that they are never the first miss. */
const ALL: readonly (readonly [path: string, who: Who])[] = [
  ...READS.map(([path, who]) => [path, who] as const),
  ["/api/history/1/hints/", "ann"],
];

let world: World;

beforeAll(async () => {
  world = await startWorld();
  const { id } = await world.createProblem({
    problem_id: "1000",
    title: "AB 그래프",
    constraints: "0 < A ".repeat(300),
  });
  await world.createProblem({ problem_id: "2000", is_completed: false });
  await world.send("POST", `/api/problems/${id}/testcases/`, world.admin, {
    input: "1 2 ".repeat(500),
    output: "3",
  });
  await world.record(world.ann, id, { is_code_public: true });
  await world.streams.drained();
});
afterAll(() => world.close());

function ask(
  path: string,
  who: Who,
  headers: Record<string, string> = {},
  method = "GET",
): Promise<RawResponse> {
  const authorization = who === "nobody" ? {} : { authorization: `Bearer ${world[who].token}` };
  return raw(`${world.url}${path}`, { ...authorization, ...headers }, method);
}

const timing = ({ headers }: RawResponse) => String(headers["server-timing"]);

describe("a cached read", () => {
  test.each(READS)(
    "%s as %s is a miss at first, then a hit without the database, byte for byte the same",
    async (path, who, key, ttlSeconds) => {
      // A search is stored at its second request.
      if (path.includes("search=")) await ask(path, who);
      const first = await ask(path, who);
      const second = await ask(path, who);
      expect([first.status, second.status]).toEqual([200, 200]);

      expect(first.headers["cache-status"]).toMatch(/^algoitny; fwd=miss; stored; ttl=\d+$/);
      // Lists are loaded from the catalogue's segments, which earlier reads may have stored.
      expect(timing(first)).toMatch(
        /cache;desc="MISS";dur=[\d.]+, load;dur=[\d.]+, db;desc="\d+ reads?"$/,
      );
      expect(first.headers).not.toHaveProperty("age");

      expect(second.headers["cache-status"]).toMatch(/^algoitny; hit; ttl=\d+$/);
      expect(timing(second)).toMatch(/cache;desc="HIT";dur=[\d.]+, db;desc="0 reads"$/);
      expect(second.headers["age"]).toMatch(/^\d+$/);
      expect(second.body.equals(first.body)).toBe(true);
      expect(second.headers["etag"]).toBe(first.headers["etag"]);

      const ttl = Number(/ttl=(\d+)/.exec(String(second.headers["cache-status"]))?.[1]);
      expect(ttl).toBeGreaterThanOrEqual(Math.floor(ttlSeconds * 0.9) - 5);
      expect(ttl).toBeLessThanOrEqual(Math.ceil(ttlSeconds * 1.1));
      const { keys }: Json = await world.get(
        `/api/ops/cache/keys/?pattern=${encodeURIComponent(key)}`,
        world.admin,
      );
      expect(keys).toEqual([key]);
    },
  );

  test("of a search is stored under its key at its second request, and is a hit from then on", async () => {
    const path = "/api/problems/?search=%EA%B7%B8%EB%9E%98%ED%94%84";
    const key = "problem_list:platform:all:search:%EA%B7%B8%EB%9E%98%ED%94%84:page:1";
    const keysNow = async () =>
      (await world.get(`/api/ops/cache/keys/?pattern=${encodeURIComponent(key)}`, world.admin))
        .keys;
    await ask("/api/problems/?search=by+which+the+catalogue+is+read", "nobody");
    const first = await ask(path, "nobody");
    expect(first.headers["cache-status"]).toBe("algoitny; hit; ttl=0");
    expect(timing(first)).toMatch(/cache;desc="HIT";dur=[\d.]+, db;desc="0 reads"$/);
    expect(first.headers["etag"]).toMatch(/^"[\w-]{22}"$/);
    expect(await keysNow()).toEqual([]);
    const second = await ask(path, "nobody");
    expect(second.headers["cache-status"]).toMatch(/^algoitny; fwd=miss; stored; ttl=\d+$/);
    expect(await keysNow()).toEqual([key]);
    const third = await ask(path, "nobody");
    expect(third.headers["cache-status"]).toMatch(/^algoitny; hit; ttl=\d+$/);
    expect(JSON.parse(first.body.toString())).toMatchObject([{ id: 1 }]);
    expect([second, third].every(({ body }) => body.equals(first.body))).toBe(true);
  });

  test("of a list without an entry is a 304 for a client that has the content", async () => {
    const [path, same, other] = [17, 18, 19].map((size) => `/api/problems/?page_size=${size}`);
    const { headers } = await ask(path as string, "nobody");
    const known = { "if-none-match": String(headers["etag"]) };
    expect((await ask(same as string, "nobody", known)).status).toBe(304);
    const unknown = { "if-none-match": '"another"' };
    expect((await ask(other as string, "nobody", unknown)).status).toBe(200);
  });

  test("of hints is answered from the entry of their execution", async () => {
    const hints = await ask("/api/history/1/hints/", "ann");
    expect(timing(hints)).toContain('cache;desc="HIT"');
    expect(hints.headers["etag"]).not.toBe((await ask("/api/history/1/", "ann")).headers["etag"]);
  });

  test.each([
    ["/api/problems/?search=nowhere"],
    ["/api/problems/?platform=baekjoon&search=nowhere&page_size=5"],
    ["/api/problems/?platform=made-up"],
    ["/api/problems/?page=99"],
  ])("%s finds nothing, and stores no key however often it is requested", async (path) => {
    const keysNow = async () =>
      (await world.get("/api/ops/cache/keys/?pattern=problem_list:*", world.admin)).keys;
    const before = await keysNow();
    await ask("/api/problems/?search=by+which+the+catalogue+is+read", "nobody");
    for (const _ of [1, 2, 3]) {
      const { body, headers } = await ask(path, "nobody");
      expect(JSON.parse(body.toString())).toEqual([]);
      expect(headers["x-total-count"]).toBe(path.includes("page=99") ? "1" : "0");
      expect(headers["cache-status"]).toBe("algoitny; hit; ttl=0");
    }
    expect(await keysNow()).toEqual(before);
  });

  test("that finds nothing is cached too", async () => {
    await ask("/api/problems/4242/", "nobody");
    const hits = async (): Promise<number> =>
      (await world.get("/api/ops/cache/stats/", world.admin)).this_process.hit;
    const before = await hits();
    const second = await ask("/api/problems/4242/", "nobody");
    expect([second.status, (await hits()) - before]).toEqual([404, 1]);
    // A hidden problem takes more reads than an absent one, so a 404 does not show its cost.
    for (const header of ["cache-status", "server-timing", "age"])
      expect(second.headers).not.toHaveProperty(header);
  });
});

describe("HTTP caching", () => {
  test.each(ALL)(
    "%s as %s has a strong ETag, and If-None-Match with it is a 304 without a body",
    async (path, who) => {
      const { headers } = await ask(path, who);
      const etag = String(headers["etag"]);
      expect(etag).toMatch(/^"[^"]+"$/);
      for (const condition of [etag, `"other", ${etag}`, `W/${etag}`, "*"]) {
        const answer = await ask(path, who, { "if-none-match": condition });
        expect(answer.status).toBe(304);
        expect(answer.body).toHaveLength(0);
        expect(answer.headers).toMatchObject({
          etag,
          vary: headers["vary"],
          "cache-control": headers["cache-control"],
        });
      }
      expect((await ask(path, who, { "if-none-match": '"other"' })).status).toBe(200);
    },
  );

  test.each(ALL)("%s as %s has the Cache-Control and Vary of its audience", async (path, who) => {
    const { headers } = await ask(path, who, { origin: "http://localhost:3000" });
    const everyones = path.startsWith("/api/problems/?") || path === "/api/problems/";
    expect(headers["cache-control"]).toBe(who === "nobody" ? "no-cache" : "private, no-cache");
    expect(String(headers["vary"]).split(", ")).toEqual(
      expect.arrayContaining([
        "Accept-Encoding",
        "Origin",
        ...(everyones ? [] : ["Authorization"]),
      ]),
    );
  });

  test.each(ALL)("HEAD %s as %s answers as GET without a body", async (path, who) => {
    const get = await ask(path, who);
    const head = await ask(path, who, {}, "HEAD");
    expect(head.status).toBe(200);
    expect(head.body).toHaveLength(0);
    for (const name of ["content-type", "etag", "cache-control", "vary", "x-total-count", "link"]) {
      expect(head.headers[name]).toBe(get.headers[name]);
    }
  });

  test("each content coding has its own ETag, and all contain the same text", async () => {
    const path = "/api/problems/1/";
    const identity = await ask(path, "nobody", { "accept-encoding": "identity" });
    const br = await ask(path, "nobody", { "accept-encoding": "gzip;q=0.5, br" });
    const gzip = await ask(path, "nobody", { "accept-encoding": "gzip" });
    const none = await ask(path, "nobody");
    expect(identity.headers).not.toHaveProperty("content-encoding");
    expect(none.headers).not.toHaveProperty("content-encoding");
    expect(br.headers["content-encoding"]).toBe("br");
    expect(gzip.headers["content-encoding"]).toBe("gzip");
    expect(brotliDecompressSync(br.body).equals(identity.body)).toBe(true);
    expect(gunzipSync(gzip.body).equals(identity.body)).toBe(true);
    expect(br.body.length).toBeLessThan(identity.body.length / 5);
    expect(new Set([identity, br, gzip].map(({ headers }) => headers["etag"])).size).toBe(3);
    for (const { headers } of [identity, br, gzip])
      expect(String(headers["content-type"])).toBe("application/json");
    const crossed = await ask(path, "nobody", {
      "accept-encoding": "gzip",
      "if-none-match": String(br.headers["etag"]),
    });
    expect(crossed.status).toBe(200);
  });

  test("a client that accepts no coding at all gets a 406", async () => {
    expect(
      (await ask("/api/problems/1/", "nobody", { "accept-encoding": "identity;q=0, *;q=0" }))
        .status,
    ).toBe(406);
  });
});

describe("an answer made for one user", () => {
  test("is never sent to another one: the same path gives each user a separate answer, from the cache too", async () => {
    const { id } = await world.createProblem({ problem_id: "3000", solution_code: "secret" });
    const row = await world.record(world.ann, id, { code: "private" });
    const texts = {
      detail: `/api/problems/${id}/`,
      row: `/api/history/${row.id}/`,
      list: "/api/history/",
    };
    for (let round = 0; round < 2; round += 1) {
      const admin = await ask(texts.detail, "admin");
      const nobody = await ask(texts.detail, "nobody");
      expect(JSON.parse(String(admin.body)).solution_code).toBe(
        Buffer.from("secret").toString("base64"),
      );
      expect(JSON.parse(String(nobody.body)).solution_code).toBeNull();
      expect((await ask(texts.row, "ann")).status).toBe(200);
      expect((await ask(texts.row, "nobody")).status).toBe(404);
      expect((await ask(texts.row, "admin")).status).toBe(404);
      expect(String((await ask(texts.list, "ann")).body)).toContain("private");
      expect(String((await ask(texts.list, "nobody")).body)).not.toContain('"code":"private"');
    }
  });

  test("is separate for token subjects that look like cache keys", async () => {
    const subjects = ["anonymous", "a:b", "a%3Ab", "*", "sub-of-ann:offset"];
    const tokens = await Promise.all(
      subjects.map((sub) => world.issueToken({ sub, email: `${sub}@x.y` })),
    );
    for (const [index, token] of tokens.entries()) {
      await world.send(
        "POST",
        "/api/history/",
        { sub: "", email: "", token },
        { ...BODY, code: `of ${index}` },
        201,
      );
    }
    for (const [index, token] of tokens.entries()) {
      const { results, count }: Json = await (
        await world.call("/api/history/?my_only=true", { as: token })
      ).json();
      expect([count, results[0].code]).toEqual([1, `of ${index}`]);
    }
    expect((await world.get("/api/history/?my_only=true")).count).toBe(0);
  });
});

const BODY = {
  problem_id: 1,
  language: "python",
  code: "",
  result_summary: null,
  passed_count: 1,
  failed_count: 0,
  total_count: 1,
  is_code_public: false,
};
