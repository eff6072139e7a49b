import { expect } from "vitest";
import { ALONE_CASES } from "./alone-cases.ts";
import { type HandlerCase, inTurn } from "./handler-case.ts";
import type { Client, Seen } from "./http-subject.ts";

async function bodies(ask: Client, urls: readonly string[]): Promise<string[]> {
  const texts: string[] = [];
  for (const url of urls) texts.push((await ask({ url })).body.toString());
  return texts;
}

export const HANDLER_CASES: readonly HandlerCase[] = [
  ...ALONE_CASES,
  {
    title: "requests that differ in a declared header do not share, and the answer varies on it",
    options: { headers: ["Accept-Language"] },
    run: async ({ ask, seen }) => {
      const asked = [undefined, "", "en", "ko", "en"];
      const got = asked.map((value) =>
        ask({ headers: value === undefined ? [] : [["accept-language", value]] }),
      );
      const texts = (await Promise.all(got)).map(({ body }) => body.toString());
      expect(new Set(texts).size).toBe(4);
      expect(seen.length).toBe(4);
      expect((await ask({})).headers.get("vary")).toBe("Accept-Encoding, accept-language");
    },
  },
  {
    title: "the handler is shown GET, the path and what is declared, and nothing else",
    options: { headers: ["x-tenant"], query: ["a", "b"] },
    run: async ({ ask, seen }) => {
      const headers = ["x-tenant", "cookie", "user-agent", "x-forwarded-for"].map(
        (name) => [name, "given"] as const,
      );
      await ask({ method: "HEAD", url: "/items?b=2&utm=x&a=1%26", headers });
      expect(seen).toEqual([
        {
          method: "GET",
          path: "/items",
          query: "a=1%26&b=2",
          headers: { "x-tenant": "given" },
          user: undefined,
          body: "",
        },
      ]);
    },
  },
  {
    title:
      "the order of different parameters makes no difference; the order of one parameter's values does",
    options: { query: ["a", "b"] },
    run: async ({ ask, seen, lastOnly }) => {
      const one = await bodies(ask, ["/?a=1&b=2", "/?b=2&a=1", "/?utm=1&b=2&a=1", "/?%61=%31&b=2"]);
      expect([new Set(one).size, seen.length]).toEqual([1, 1]);
      const repeats = ["/?a=1&a=2", "/?a=2&a=1", "/?a=2,1", "/?a=", "/", "/?a=1%26b%3D2"];
      expect(new Set(await bodies(ask, repeats)).size).toBe(6);
      const { query } = JSON.parse((await ask({ url: "/?a=2&a=1" })).body.toString()) as Seen;
      expect(query).toBe(lastOnly ? "a=1" : "a=2&a=1");
    },
  },
  {
    title: "paths that differ in an escaped slash do not share",
    handle:
      () =>
      ({ path }) => ({ body: path }),
    run: async ({ ask, seen }) => {
      await bodies(ask, ["/files/a%2Fb", "/files/a/b", "/files/a%2Fb", "/files/a", "/files/a/"]);
      expect(seen.length).toBe(4);
    },
  },
  {
    title: "an unverified request with Authorization is not cached, and is passed on whole",
    options: { users: true },
    run: async ({ ask, seen }) => {
      const headers = [["authorization", "Bearer evil"]] as const;
      for (const _ of [1, 2]) {
        const got = await ask({ headers });
        expect(got.headers.get("cache-status")).toBe("cache; fwd=bypass; detail=credentials");
      }
      expect(seen.map((each) => each.headers["authorization"])).toEqual([
        "Bearer evil",
        "Bearer evil",
      ]);
      expect(JSON.parse((await ask({})).body.toString())).toMatchObject({ headers: {} });
    },
  },
  {
    title: "users whom the server has verified do not see each other's responses",
    options: { users: true },
    handle:
      () =>
      ({ user }) => ({ headers: { "cache-control": "private" }, body: user ?? "nobody" }),
    run: async ({ ask }) => {
      const texts: string[] = [];
      for (const user of ["ada", "bob", "ada", undefined, "bob"])
        texts.push((await ask(user === undefined ? {} : { user })).body.toString());
      expect(texts).toEqual(["ada", "bob", "ada", "nobody", "bob"]);
      expect((await ask({ user: "ada" })).headers.get("vary") ?? "Authorization").toContain(
        "Authorization",
      );
    },
  },
  {
    title:
      "a POST bypasses the cache with its body and conditions, and invalidates the URI's entries",
    options: { query: ["page"] },
    handle:
      () =>
      ({ method, body }) =>
        method === "POST"
          ? { status: 204, body: null, headers: { "x-got": body } }
          : { body: "page" },
    run: async ({ ask, seen }) => {
      const urls = ["/a", "/a?page=2", "/b"];
      await bodies(ask, urls);
      const headers = [["if-none-match", "*"]] as const;
      const post = await ask({ method: "POST", url: "/a?ignored", headers, body: "sent" });
      expect([post.status, post.headers.get("x-got")]).toEqual([204, "sent"]);
      await bodies(ask, urls);
      expect(seen.map(({ method, path }) => `${method} ${path}`)).toEqual([
        "GET /a",
        "GET /a",
        "GET /b",
        "POST /a",
        "GET /a",
        "GET /a",
      ]);
    },
  },
  {
    title: "a POST that fails invalidates nothing",
    handle:
      () =>
      ({ method }) =>
        method === "POST" ? { status: 409 } : { body: "page" },
    run: async ({ ask, seen }) => {
      await ask({});
      expect((await ask({ method: "POST", body: "" })).status).toBe(409);
      await ask({});
      expect(seen.length).toBe(2);
    },
  },
  {
    title: "headers without a value are left out",
    handle: inTurn({ headers: { "x-none": undefined, "x-null": null, "x-some": "1" } }),
    run: async ({ ask }) => {
      for (const _ of ["miss", "hit"]) {
        const { headers } = await ask({});
        expect([headers.get("x-none"), headers.get("x-null"), headers.get("x-some")]).toEqual([
          null,
          null,
          "1",
        ]);
      }
    },
  },
];
