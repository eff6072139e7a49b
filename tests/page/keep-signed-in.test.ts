import { afterAll, beforeEach, expect, test, vi } from "vitest";

interface SignedIn {
  token: string;
  expires_in: number;
  refresh_token?: string;
}

/** The page uses the types of browsers, the tests do not. */
interface Api {
  keepSignedIn: (given: SignedIn, exchange: (given: object) => Promise<SignedIn>) => void;
  signIn: (given: string) => void;
  signOut: () => void;
  isSignedIn: () => boolean;
  call: (method: "GET", path: string) => Promise<unknown>;
}

const API = new URL("../../packages/page/web/api.ts", import.meta.url).pathname;

vi.useFakeTimers();
afterAll(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

let api: Api;
let sent: (string | undefined)[];
beforeEach(async () => {
  vi.resetModules();
  sent = [];
  vi.stubGlobal("location", { hash: "", pathname: "/ops/" });
  vi.stubGlobal("fetch", async (_: string, { headers }: { headers: Record<string, string> }) => {
    sent.push(headers["authorization"]);
    return Response.json({});
  });
  api = (await import(API)) as Api;
});

const first = { token: "first", expires_in: 600, refresh_token: "again" };

/** An issuer whose answer the test releases. */
function slowIssuer() {
  const asked: object[] = [];
  const { promise, resolve } = Promise.withResolvers<SignedIn>();
  const exchange = (given: object) => {
    asked.push(given);
    return promise;
  };
  return { asked, exchange, answer: () => resolve({ token: "renewed", expires_in: 600 }) };
}

async function sentToken() {
  await api.call("GET", "findings/");
  return sent.at(-1);
}

test("a token is renewed a minute before its end, with the same refresh token if the answer has no other", async () => {
  const { asked, exchange, answer } = slowIssuer();
  api.keepSignedIn(first, exchange);
  await vi.advanceTimersByTimeAsync(539_000);
  expect(asked).toEqual([]);
  answer();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(await sentToken()).toBe("Bearer renewed");
  await vi.advanceTimersByTimeAsync(540_000);
  expect(asked).toEqual([{ refresh_token: "again" }, { refresh_token: "again" }]);
});

test("a late renewal signs no one in who has signed out, and does not replace another sign-in", async () => {
  const { exchange, answer } = slowIssuer();
  api.keepSignedIn(first, exchange);
  await vi.advanceTimersByTimeAsync(540_000);
  api.signOut();
  api.signIn("another");
  answer();
  await vi.advanceTimersByTimeAsync(1);
  expect(await sentToken()).toBe("Bearer another");
});

test("no token is renewed after signing out", async () => {
  const { asked, exchange } = slowIssuer();
  api.keepSignedIn(first, exchange);
  api.signOut();
  await vi.advanceTimersByTimeAsync(3_600_000);
  expect({ asked, isSignedIn: api.isSignedIn() }).toEqual({ asked: [], isSignedIn: false });
});
