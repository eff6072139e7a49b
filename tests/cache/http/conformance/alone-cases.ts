import { expect } from "vitest";
import { contentOf } from "./answer-cases.ts";
import { type HandlerCase, inTurn } from "./handler-case.ts";

/** Requests the same twice, and expects two calls of the handler. */
const isNotShared =
  (detail: string, expected: object = {}): HandlerCase["run"] =>
  async ({ ask, seen }) => {
    for (const count of [1, 2]) {
      const got = await ask({});
      expect(got).toMatchObject(expected);
      expect(got.headers.get("cache-status")).toBe(`cache; fwd=miss; detail=${detail}`);
      expect(seen.length).toBe(count);
    }
  };

const REFUSED: readonly HandlerCase[] = (
  [
    ["no-store", { headers: { "cache-control": "max-age=60, No-Store" } }],
    ["private", { headers: { "cache-control": "private" } }],
    ["vary", { headers: { vary: "Accept-Encoding, Origin" } }],
    ["vary", { headers: { vary: "*" } }],
    ["status", { status: 201 }],
    ["status", { status: 302, headers: { location: "/b" } }],
    ["status", { status: 404 }],
    ["status", { status: 429 }],
  ] as const
).map(([detail, said]) => ({
  title: `${JSON.stringify(said)} goes to its own client alone`,
  handle: inTurn(said),
  run: isNotShared(detail, { status: "status" in said ? said.status : 200 }),
}));

/** Handler responses that are never shared, and failures. */
export const ALONE_CASES: readonly HandlerCase[] = [
  ...REFUSED,
  {
    title: "cookies go to their own client alone, each as a separate header",
    handle: inTurn({ cookies: ["a=1; Path=/", "b=2; Expires=Wed, 21 Oct 2026 07:28:00 GMT"] }),
    run: async ({ ask, seen, lastOnly }) => {
      const last = "b=2; Expires=Wed, 21 Oct 2026 07:28:00 GMT";
      for (const _ of [1, 2])
        expect((await ask({})).headers.getSetCookie()).toEqual(
          lastOnly ? [last] : ["a=1; Path=/", last],
        );
      expect(seen.length).toBe(2);
    },
  },
  {
    title: "a body that the handler has coded itself goes to its own client alone, untouched",
    handle: () => () => ({
      headers: { "content-encoding": "gzip", "content-type": "text/plain" },
      body: Buffer.from("H4sIAAAAAAAAAytJrSgBAMPaqZEEAAAA", "base64"),
    }),
    run: async ({ ask, seen }) => {
      for (const _ of [1, 2]) {
        const got = await ask({ headers: [["accept-encoding", "gzip"]] });
        expect(got.headers.get("cache-status")).toContain("detail=content-encoding");
        expect(got.body.subarray(0, 2).toString("hex")).toBe("1f8b");
      }
      expect(seen.length).toBe(2);
    },
  },
  {
    title: "a handler's 5xx is sent and not stored",
    handle: inTurn({ status: 503, body: "down" }, { body: "up" }),
    run: async ({ ask }) => {
      expect(await ask({})).toMatchObject({ status: 503, body: Buffer.from("down") });
      expect(await ask({})).toMatchObject({ status: 200, body: Buffer.from("up") });
    },
  },
  {
    title: "requests that wait for a load that fails each get its body",
    handle: () => async () => {
      await new Promise((resolve) => setImmediate(resolve));
      return { status: 500, body: "down" };
    },
    run: async ({ ask }) => {
      const texts = Array.from({ length: 4 }, () =>
        ask({}).then(({ status, body }) => [status, body.toString()], String),
      );
      expect(await Promise.all(texts)).toEqual(Array.from({ length: 4 }, () => [500, "down"]));
    },
  },
  {
    title: "a stale response stands in for a 5xx",
    options: { staleWhileRevalidate: "1 minute" },
    handle: inTurn({ body: "old" }, { status: 503 }),
    run: async ({ ask, jump }) => {
      await ask({});
      jump(301_000);
      const standIn = await ask({});
      expect([standIn.status, standIn.body.toString()]).toEqual([200, "old"]);
      expect(standIn.headers.get("cache-status")).toBe(
        "cache; fwd=stale; ttl=-1; detail=load-failed",
      );
    },
  },
  {
    title: "an error of a handler is not a response, and nothing is stored",
    handle: inTurn(new Error("no database"), { body: "fine" }),
    run: async ({ ask }) => {
      const failed = await ask({}).catch((error: unknown) => ({ status: 500, error }));
      expect(failed.status).toBe(500);
      expect((await ask({})).body.toString()).toBe("fine");
    },
  },
  {
    title: "a Cache-Status of the handler stays before the cache's own",
    handle: inTurn({ headers: { "cache-status": "inner; hit", "cache-control": "no-store" } }),
    run: async ({ ask }) => {
      const { headers } = await ask({});
      expect(headers.get("cache-status")).toBe("inner; hit, cache; fwd=miss; detail=no-store");
    },
  },
  {
    title: "HEAD of a response that is not shared has no body",
    handle: inTurn({ status: 400, body: "bad" }),
    run: async ({ ask }) => {
      expect(await ask({ method: "HEAD" })).toMatchObject({ status: 400, body: Buffer.alloc(0) });
    },
  },
  {
    title: "a 404 with a long body is sent whole and not remembered",
    options: { negativeTtl: "10 seconds" },
    handle: inTurn({ status: 404, body: "x".repeat(8_193) }),
    run: async ({ ask, seen }) => {
      for (const _ of [1, 2]) {
        const got = await ask({}).catch(String);
        if (typeof got === "string") return expect(got).toBe("a response");
        expect(got.headers.get("cache-status")).toBe("cache; fwd=miss; detail=too-large");
        expect(contentOf(got).length).toBe(8_193);
      }
      expect(seen.length).toBe(2);
    },
  },
];
