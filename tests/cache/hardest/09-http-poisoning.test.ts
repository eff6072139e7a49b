import { describe, expect, test } from "vitest";
import type { HttpApiEvent, LambdaResult } from "@algoitny/cache/lambda";
import { cachedHandlers, contentOf, eventOf } from "../../support/http.ts";

type Options = Parameters<typeof cachedHandlers>[0];
type Asked = ReturnType<typeof eventOf>;
type Request = Parameters<typeof eventOf>;

const LONG = "<p>안녕하세요</p>".repeat(200);

/**
 * An application that copies everything in the request to its response, as careless ones do: host, query, headers, user
 * and body. A POST sets the text of its page, and the options are those that a team would declare.
 */
function application(options: Options = {}) {
  const page = { text: LONG, answers: [] as Partial<LambdaResult>[], runs: 0 };
  const { wrap, clock, cache } = cachedHandlers({
    query: ["page", "tag"],
    headers: ["accept-language"],
    claims: ["sub"],
    ...options,
  });
  const handle = wrap((event: Asked) => {
    page.runs += 1;
    const { method } = event.requestContext.http;
    if (method === "POST") page.text = event.body ?? "";
    const [special] = page.answers.splice(0, 1);
    if (special) return { statusCode: 200, body: "special", ...special };
    const { headers, rawPath, rawQueryString, body, queryStringParameters: query } = event;
    const who = event.requestContext.authorizer?.jwt?.claims;
    const seen = { method, headers, rawPath, rawQueryString, query, body, who };
    return {
      statusCode: 200,
      headers: { "content-type": "text/html" },
      body: JSON.stringify([page.text, seen]),
    };
  });
  const ask = (...request: Request) => handle(eventOf(...request), {});
  const post = (url: string, body: string, headers = {}) =>
    handle({ ...eventOf(url, { method: "POST", headers }), body }, {});
  return { page, clock, cache, ask, post, handle };
}

/** Headers without those that describe the response's way through the cache. */
function lasting({ headers }: LambdaResult): Record<string, string> {
  const { "cache-status": _status, age: _age, ...others } = headers;
  return others;
}

/** Parts of a response that its reader uses. */
function essence(result: LambdaResult) {
  return { ...result, headers: lasting(result), body: contentOf(result).toString() };
}

const VICTIM: Request = ["/page?page=1", { headers: { "accept-encoding": "gzip" } }];

describe("a first request by an attacker has no effect on other clients' responses", () => {
  const withHeaders = (headers: Record<string, string>): HttpApiEvent => {
    const event = eventOf(...VICTIM);
    return { ...event, headers: { ...event.headers, ...headers } };
  };
  test.each<[string, HttpApiEvent]>([
    ["an unkeyed header", withHeaders({ "x-forwarded-host": "evil.example" })],
    ["an unkeyed header in capitals", withHeaders({ "X-Forwarded-Host": "evil.example" })],
    ["a header that overrides the path", withHeaders({ "x-original-url": "/admin" })],
    ["a header that overrides the method", withHeaders({ "x-http-method-override": "DELETE" })],
    ["a cookie", withHeaders({ cookie: "session=evil" })],
    ["an unverified token", withHeaders({ authorization: "Bearer evil" })],
    ["another Host header", withHeaders({ host: "evil.example" })],
    ["a range", withHeaders({ range: "bytes=0-9" })],
    ["a condition", withHeaders({ "if-none-match": '"x"', "if-match": '"x"' })],
    ["a GET with a body", { ...eventOf(...VICTIM), body: "evil" } as HttpApiEvent],
    ["HEAD", eventOf(VICTIM[0], { method: "HEAD", headers: { "accept-encoding": "gzip" } })],
    ["an undeclared parameter", eventOf("/page?page=1&utm=evil")],
    ["a parameter that hides in another one's value", eventOf("/page?page=1%26tag=evil")],
    ["a second value of a parameter", eventOf("/page?page=1&page=evil")],
    ["a second value before it", eventOf("/page?page=evil&page=1")],
    ["values joined by a comma", eventOf("/page?page=1,evil")],
    ["a parameter with a null byte", eventOf("/page?page=1%00")],
    ["a parameter with a semicolon", eventOf("/page?page=1;tag=evil")],
    ["an encoded path", eventOf("/page%3Fpage=1")],
    [
      "another user",
      eventOf(VICTIM[0], { claims: { sub: "evil" }, headers: { authorization: "Bearer e" } }),
    ],
  ])("%s", async (_, attack) => {
    const undisturbed = essence(await application().ask(...VICTIM));
    const attacked = application();
    await attacked.handle(attack, {});
    expect(essence(await attacked.ask(...VICTIM))).toEqual(undisturbed);
    expect(JSON.stringify(undisturbed)).not.toContain("evil");
  });

  test("but spellings of the same request share a response", async () => {
    const { ask, page } = application();
    for (const url of ["/page?page=1", "/page?%70age=%31", "/page?&page=1", "/page?utm=2&page=1"]) {
      await ask(url);
    }
    expect(page.runs).toBe(1);
  });
});

describe("a private response goes to no other client", () => {
  test.each<[string, Partial<LambdaResult>]>([
    ["a cookie that is set", { cookies: ["session=fixed"] }],
    ["a Set-Cookie header", { headers: { "set-cookie": "session=fixed" } }],
    ["a private response", { headers: { "cache-control": "private" } }],
    ["a response that varies on an undeclared header", { headers: { vary: "Cookie" } }],
    ["a response that varies on anything", { headers: { vary: "*" } }],
    ["a part of the page", { statusCode: 206, headers: { "content-range": "bytes 0-9/99" } }],
    ["a redirect", { statusCode: 302, headers: { location: "https://evil.example" } }],
    ["a 400", { statusCode: 400 }],
    ["a 403", { statusCode: 403 }],
    ["a 404", { statusCode: 404 }],
    ["a 429", { statusCode: 429 }],
    ["a 500", { statusCode: 500 }],
    ["a 503", { statusCode: 503 }],
  ])("%s", async (_, answer) => {
    const { ask, page } = application();
    const undisturbed = essence(await application().ask(...VICTIM));
    page.answers.push(answer);
    const first = await ask(...VICTIM);
    expect(first).toMatchObject({ body: "special", statusCode: answer.statusCode ?? 200 });
    expect(essence(await ask(...VICTIM))).toEqual(undisturbed);
  });

  test("a user's page", async () => {
    const { ask, page } = application();
    const as = (sub: string): Request => [
      "/page",
      { claims: { sub }, headers: { authorization: `Bearer ${sub}` } },
    ];
    for (const sub of ["ada", "bob", "ada"]) {
      const { body, headers } = await ask(...as(sub));
      expect(body).toContain(`"who":{"sub":"${sub}"}`);
      expect(headers["vary"]).toContain("Authorization");
    }
    expect((await ask("/page")).body).not.toContain("who");
    expect(page.runs).toBe(3);
  });

  test("variants by a declared header, where an absent and an empty header are two", async () => {
    const { ask, page } = application();
    const bodies = new Set<string>();
    for (const value of [undefined, "", "en", "ko"]) {
      const headers = value === undefined ? {} : { "accept-language": value };
      for (const _ of ["miss", "hit"]) bodies.add((await ask("/page", { headers })).body);
    }
    expect([bodies.size, page.runs]).toEqual([4, 4]);
  });
});

describe("a 304 is correct", () => {
  const CODINGS = ["br", "gzip", "identity"];
  const get = (coding: string, ifNoneMatch?: string): Request => [
    "/page",
    {
      headers: { "accept-encoding": coding, ...(ifNoneMatch && { "if-none-match": ifNoneMatch }) },
    },
  ];
  const etagOf = ({ headers }: LambdaResult) => headers["etag"] ?? "";

  test("each content coding has its own ETag, which gives a 304 for that coding only", async () => {
    const { ask } = application();
    const etags: string[] = [];
    const contents = new Set<string>();
    for (const coding of CODINGS) {
      const response = await ask(...get(coding));
      etags.push(etagOf(response));
      contents.add(contentOf(response).toString());
    }
    expect(new Set(etags).size).toBe(3);
    expect(contents.size).toBe(1);
    for (const [index, coding] of CODINGS.entries()) {
      const codes: number[] = [];
      for (const etag of etags) codes.push((await ask(...get(coding, etag))).statusCode);
      expect(codes).toEqual(CODINGS.map((_, other) => (other === index ? 304 : 200)));
    }
  });

  test.each(CODINGS)("after a change and its reversal, in %s", async (coding) => {
    const { ask, post } = application();
    const first = etagOf(await ask(...get(coding)));
    await post("/page", "another text".repeat(300));
    const changed = await ask(...get(coding, first));
    expect(changed.statusCode).toBe(200);
    expect(contentOf(changed).toString()).toContain("another text");
    expect(etagOf(changed)).not.toBe(first);

    await post("/page", LONG);
    expect(await ask(...get(coding, etagOf(changed)))).toMatchObject({ statusCode: 200 });
    expect(await ask(...get(coding, first))).toMatchObject({
      statusCode: 304,
      body: "",
      headers: {
        etag: first,
        vary: expect.stringContaining("Accept-Encoding"),
        "cache-control": "no-cache",
      },
    });
  });

  test("a POST with If-None-Match is executed in spite of its condition, and is not a 304", async () => {
    const { ask, post, page } = application();
    const etag = etagOf(await ask("/page"));
    for (const condition of [etag, "*"]) {
      const answer = await post("/page", `set by ${condition}`, { "if-none-match": condition });
      expect(answer.statusCode).toBe(200);
      expect(page.text).toBe(`set by ${condition}`);
      expect((await ask("/page", { headers: { "if-none-match": etag } })).statusCode).toBe(200);
    }
  });

  test("HEAD has the headers of GET, with and without a condition, and stores no empty body", async () => {
    const { ask, page } = application();
    const asHead = { method: "HEAD", headers: { "accept-encoding": "br" } };
    const head = await ask("/page", asHead);
    const full = await ask(...get("br"));
    expect(head.body).toBe("");
    expect(full.body).not.toBe("");
    expect(lasting(head)).toEqual(lasting(full));
    const headers = { ...asHead.headers, "if-none-match": etagOf(head) };
    expect(await ask("/page", { method: "HEAD", headers })).toMatchObject({
      statusCode: 304,
      body: "",
    });
    expect(page.runs).toBe(1);
  });

  test("a range is answered with the whole page, from the store too", async () => {
    const { ask } = application();
    for (const _ of ["miss", "hit"]) {
      const response = await ask("/page", {
        headers: { range: "bytes=0-9", "accept-encoding": "gzip" },
      });
      expect(response.statusCode).toBe(200);
      expect(contentOf(response).toString()).toContain(LONG);
      expect(response.headers).not.toHaveProperty("content-range");
    }
  });
});
