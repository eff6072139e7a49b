import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { testUpstash, type TestUpstash } from "../../support/test-upstash.ts";

let upstash: TestUpstash;
beforeAll(async () => {
  upstash = await testUpstash();
});
afterAll(() => upstash.close());

/** Reads server-sent events until the server or the test ends them. */
async function listen(
  path: string,
): Promise<{ lines: string[]; ended: Promise<unknown>; close: () => void }> {
  const closing = new AbortController();
  const response = await fetch(`${upstash.url}${path}?_token=${upstash.token}`, {
    signal: closing.signal,
  });
  expect(response.headers.get("content-type")).toBe("text/event-stream");
  const lines: string[] = [];
  const read = async (): Promise<void> => {
    for await (const chunk of response.body ?? []) {
      lines.push(...new TextDecoder().decode(chunk).split("\n").filter(Boolean));
    }
  };
  return { lines, ended: read().catch(() => {}), close: () => closing.abort() };
}

const publish = async (channel: string, payload: string): Promise<unknown> =>
  await upstash.client().publish(channel, payload);

test("a channel's messages arrive as server-sent events, after the confirmation", async () => {
  const { lines, close } = await listen("/subscribe/chat");
  expect(await publish("chat", "hello, all")).toBe(1);
  expect(await publish("other", "unheard")).toBe(0);
  expect(await publish("chat", "€")).toBe(1);
  const expected = [
    "data: subscribe,chat,1",
    "data: message,chat,hello, all",
    "data: message,chat,€",
  ];
  await vi.waitFor(() => expect(lines).toEqual(expected));
  close();
  await vi.waitFor(async () => expect(await publish("chat", "gone")).toBe(0));
});

test("a pattern's messages name pattern and channel", async () => {
  const { lines, close } = await listen("/psubscribe/news.*");
  await publish("news.tech", "x");
  const expected = ["data: psubscribe,news.*,1", "data: pmessage,news.*,news.tech,x"];
  await vi.waitFor(() => expect(lines).toEqual(expected));
  close();
});

test("the path-style /publish reaches subscribers", async () => {
  const { lines, close } = await listen("/subscribe/chat");
  await fetch(`${upstash.url}/publish/chat/hi?_token=${upstash.token}`, { method: "POST" });
  await vi.waitFor(() => expect(lines).toContain("data: message,chat,hi"));
  close();
});

test("the SDK subscribes and unsubscribes", async () => {
  const messages: unknown[] = [];
  const subscriber = upstash.client().subscribe<string>("sdk");
  subscriber.on("message", (message) => messages.push(message));
  await vi.waitFor(async () => expect(await publish("sdk", "ping")).toBe(1));
  await vi.waitFor(() => expect(messages).toContainEqual({ channel: "sdk", message: "ping" }));
  await subscriber.unsubscribe();
  await vi.waitFor(async () => expect(await publish("sdk", "ping")).toBe(0));
});

test("two subscribers of one channel both get its messages", async () => {
  const [a, b] = await Promise.all([listen("/subscribe/both"), listen("/subscribe/both")]);
  expect(await publish("both", "x")).toBe(2);
  await vi.waitFor(() => {
    expect(a.lines).toContain("data: message,both,x");
    expect(b.lines).toContain("data: message,both,x");
  });
  a.close();
  b.close();
});

test("/monitor shows every command", async () => {
  const { lines, close } = await listen("/monitor");
  await upstash.client().set("watched", 'a "quoted" value');
  await vi.waitFor(() => expect(lines).toHaveLength(2));
  expect(lines[0]).toBe('data: "OK"');
  expect(lines[1]).toMatch(
    /^data: \d+\.\d{6} \[0 127\.0\.0\.1:0\] "set" "watched" "a \\"quoted\\" value"$/,
  );
  close();
});

test("a subscription without a channel is a 400", async () => {
  const response = await fetch(`${upstash.url}/subscribe?_token=${upstash.token}`);
  expect(response.status).toBe(400);
  expect(await response.json()).toEqual({
    error: "ERR wrong number of arguments for 'subscribe' command",
  });
});

test("an outage ends subscriptions, and clients can subscribe again", async () => {
  const { ended } = await listen("/subscribe/chat");
  await upstash.redis.stop();
  await ended;
  await upstash.redis.start();
  const { lines, close } = await listen("/subscribe/chat");
  await publish("chat", "back");
  await vi.waitFor(() => expect(lines).toContain("data: message,chat,back"));
  close();
});
