import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { expect } from "vitest";
import type { ResponseOptions } from "@algoitny/cache/http";
import type { Client, Got, Said } from "./http-subject.ts";

/** Required behaviour of every adapter for a stored response, however it was stored. */
export interface AnswerCase {
  readonly title: string;
  readonly said?: Said;
  readonly options?: ResponseOptions;
  readonly run: (tools: {
    readonly ask: Client;
    readonly jump: (ms: number) => void;
    readonly storedBody: () => Promise<Buffer>;
  }) => Promise<void>;
}

const LONG = JSON.stringify(Array.from({ length: 100 }, (_, id) => ({ id, title: `제목 ${id}` })));
const JSON_TYPE = { "content-type": "application/json" };
const BYTES = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0, 255, 254]);

const accept = (coding: string) => ({ headers: [["accept-encoding", coding]] as const });
const match = (etag: string | null, coding = "br") => ({
  headers: [
    ["accept-encoding", coding],
    ["if-none-match", etag ?? ""],
  ] as const,
});

/** The bytes of a response after its coding is undone. */
export function contentOf({ headers, body }: Got): Buffer {
  const coding = headers.get("content-encoding");
  if (coding === "br") return brotliDecompressSync(body);
  return coding === "gzip" ? gunzipSync(body) : body;
}

const lasting = ({ headers }: Got) =>
  Object.fromEntries(
    // Headers of the connection, and of the response's way through the cache.
    [...headers].filter(
      ([name]) =>
        !/^(date|connection|keep-alive|transfer-encoding|content-length|age|cache-status)$/.test(
          name,
        ),
    ),
  );

export const ANSWER_CASES: readonly AnswerCase[] = [
  {
    title: "a hit has the bytes, the type, an ETag, Vary, Age and Cache-Status",
    said: { headers: { ...JSON_TYPE, "x-total": "3" }, body: LONG },
    run: async ({ ask, jump }) => {
      const miss = await ask({});
      jump(7_000);
      const hit = await ask({});
      expect(miss.headers.get("cache-status")).toBe("cache; fwd=miss; stored; ttl=300");
      expect(miss.headers.has("age")).toBe(false);
      expect(hit.status).toBe(200);
      expect(hit.body.toString()).toBe(LONG);
      expect(lasting(hit)).toEqual({
        ...JSON_TYPE,
        "cache-control": "no-cache",
        etag: expect.stringMatching(/^"[\w-]{22}-identity"$/),
        vary: "Accept-Encoding",
        "x-total": "3",
      });
      expect(hit.headers.get("age")).toBe("7");
      expect(hit.headers.get("cache-status")).toBe("cache; hit; ttl=293");
    },
  },
  {
    title: "a stored Brotli body goes out untouched",
    said: { headers: JSON_TYPE, body: LONG },
    run: async ({ ask, storedBody }) => {
      for (const _ of ["miss", "hit"]) {
        const { body, headers } = await ask(accept("gzip, deflate, br"));
        expect(headers.get("content-encoding")).toBe("br");
        expect(body.equals(await storedBody())).toBe(true);
      }
    },
  },
  {
    title:
      "each coding has the content and a separate ETag; without Accept-Encoding nothing is coded",
    said: { headers: JSON_TYPE, body: LONG },
    run: async ({ ask }) => {
      const etags = new Set<string | null>();
      for (const coding of ["br", "gzip", "identity"]) {
        const got = await ask(accept(coding));
        expect(got.headers.get("content-encoding") ?? "identity").toBe(coding);
        expect(contentOf(got).toString()).toBe(LONG);
        etags.add(got.headers.get("etag"));
      }
      expect(etags.size).toBe(3);
      expect((await ask({})).headers.has("content-encoding")).toBe(false);
    },
  },
  {
    title:
      "a client that refuses identity gets a coded body, and one that refuses every coding gets a 406",
    said: { headers: { "content-type": "text/plain" }, body: "short" },
    run: async ({ ask }) => {
      const coded = await ask(accept("identity;q=0, gzip"));
      expect(coded.headers.get("content-encoding")).toBe("gzip");
      expect(contentOf(coded).toString()).toBe("short");
      const refused = await ask(accept("identity;q=0"));
      expect(refused.status).toBe(406);
      expect(refused.headers.get("content-type")).toBe("application/problem+json");
      expect(refused.headers.get("vary")).toBe("Accept-Encoding");
    },
  },
  {
    title: "HEAD has the headers of GET and no body",
    said: { headers: JSON_TYPE, body: LONG },
    run: async ({ ask }) => {
      for (const coding of ["br", "gzip", "identity"]) {
        const get = await ask(accept(coding));
        const head = await ask({ method: "HEAD", ...accept(coding) });
        expect(head.status).toBe(200);
        expect(head.body.length).toBe(0);
        expect(lasting(head)).toEqual(lasting(get));
      }
    },
  },
  {
    title: "If-None-Match is a 304 for the ETag, in a list, weak, or *, and for nothing else",
    said: { headers: { ...JSON_TYPE, "content-location": "/list" }, body: LONG },
    run: async ({ ask }) => {
      const etag = (await ask(accept("br"))).headers.get("etag");
      const asGzip = (await ask(accept("gzip"))).headers.get("etag");
      for (const same of [etag, `"x", W/"y,z" ,${etag}`, `W/${etag}`, "*"]) {
        const got = await ask(match(same));
        expect([same, got.status, got.body.length]).toEqual([same, 304, 0]);
        expect(lasting(got)).toEqual({
          "cache-control": "no-cache",
          "content-location": "/list",
          etag,
          vary: "Accept-Encoding",
        });
      }
      expect((await ask({ ...match(etag), method: "HEAD" })).status).toBe(304);
      for (const other of ['"x"', asGzip, etag?.slice(1, -1) ?? "", '"*"'])
        expect([other, (await ask(match(other))).status]).toEqual([other, 200]);
      expect((await ask(match(asGzip, "gzip"))).status).toBe(304);
    },
  },
  {
    title:
      "If-Modified-Since counts if the response has Last-Modified and the request has no If-None-Match",
    said: { headers: { "last-modified": "Sun, 06 Nov 1994 08:49:37 GMT" }, body: "text" },
    run: async ({ ask }) => {
      const since = ["if-modified-since", "Sun, 06 Nov 1994 08:49:37 GMT"] as const;
      expect((await ask({ headers: [since] })).status).toBe(304);
      expect((await ask({ headers: [since, ["if-none-match", '"x"']] })).status).toBe(200);
    },
  },
  {
    title: "bytes come back as they were",
    said: { headers: { "content-type": "image/png" }, body: BYTES },
    run: async ({ ask }) => {
      for (const _ of ["miss", "hit"]) {
        const { body, headers } = await ask(accept("gzip, br"));
        expect([...body]).toEqual([...BYTES]);
        expect(headers.get("content-type")).toBe("image/png");
      }
    },
  },
  {
    title: "an empty body is stored too",
    said: { headers: { "content-type": "text/plain" }, body: null },
    run: async ({ ask }) => {
      for (const status of ["cache; fwd=miss; stored; ttl=300", "cache; hit; ttl=300"]) {
        const got = await ask({});
        expect([got.status, got.body.length]).toEqual([200, 0]);
        expect(got.headers.get("cache-status")).toBe(status);
      }
    },
  },
  {
    title:
      "a header of many values keeps them all; headers of one connection or client are left out",
    said: {
      headers: {
        "content-type": "text/plain",
        link: ["</2>; rel=next", "</9>; rel=last"],
        "access-control-allow-origin": "https://one.example",
        "server-timing": "db;dur=5",
        connection: "x-hop",
        "x-hop": "1",
      },
      body: "text",
    },
    run: async ({ ask }) => {
      for (const _ of ["miss", "hit"]) {
        const headers = lasting(await ask({}));
        expect(headers["link"]).toBe("</2>; rel=next, </9>; rel=last");
        expect(Object.keys(headers).toSorted()).toEqual([
          "cache-control",
          "content-type",
          "etag",
          "link",
          "vary",
        ]);
      }
    },
  },
  {
    title: "a 404 is remembered, without an ETag",
    said: { status: 404, body: "none" },
    options: { errorBody: () => ({ headers: { "content-type": "text/plain" }, body: "none" }) },
    run: async ({ ask }) => {
      for (const status of ["cache; fwd=miss; stored; ttl=10", "cache; hit; ttl=10"]) {
        const got = await ask({ headers: [["if-none-match", "*"]] });
        expect([got.status, got.body.toString()]).toEqual([404, "none"]);
        expect(got.headers.has("etag")).toBe(false);
        expect(got.headers.get("cache-status")).toBe(status);
      }
    },
  },
  {
    title: "the entry's tags are named to the CDN in each header that is chosen, with a 304 too",
    said: { body: "text" },
    options: { cdnTags: ["cache-tag", "surrogate-key", "cache-groups"] },
    run: async ({ ask }) => {
      const { headers } = await ask({});
      const names = headers.get("cache-tag")?.split(",") ?? [];
      expect(names).toEqual(expect.arrayContaining(["@all", "@resource:page"]));
      expect(headers.get("surrogate-key")?.split(" ")).toEqual(names);
      expect(headers.get("cache-groups")).toBe(names.map((name) => `"${name}"`).join(", "));
      const again = await ask({ headers: [["if-none-match", "*"]] });
      expect(again.status).toBe(304);
      expect(again.headers.get("cache-tag")).toBe(headers.get("cache-tag"));
    },
  },
];
