// A store over any client that sends a command to Redis and returns the answer. The example needs a running Redis.
import { connect } from "node:net";
import { Cache } from "@algoitny/cache";
import { createScriptedStore } from "@algoitny/cache/store";

const { hostname, port } = new URL(process.env["REDIS_URL"] ?? "redis://127.0.0.1:6379");
const socket = connect(Number(port), hostname);
const waiting: PromiseWithResolvers<unknown>[] = [];
let received = "";
socket.setEncoding("latin1").on("data", (text: string) => {
  received += text;
  for (let reply = parse(0); reply; reply = parse(0)) {
    received = received.slice(reply.end);
    const { resolve, reject } = waiting.shift() as PromiseWithResolvers<unknown>;
    (reply.value instanceof Error ? reject : resolve)(reply.value);
  }
});

/** Reads a reply of Redis's protocol (RESP 2); undefined while it is incomplete. */
function parse(at: number): { value: unknown; end: number } | undefined {
  const lineEnd = received.indexOf("\r\n", at);
  if (lineEnd < 0) return undefined;
  const [kind, text] = [received[at], received.slice(at + 1, lineEnd)];
  const end = lineEnd + 2;
  const size = Number(text);
  if (kind === "-") return { value: new Error(text), end };
  if (kind === "+") return { value: text, end };
  if (kind === ":") return { value: size, end };
  if (size < 0) return { value: null, end };
  if (kind === "$") {
    const value = Buffer.from(received.slice(end, end + size), "latin1").toString();
    return received.length < end + size + 2 ? undefined : { value, end: end + size + 2 };
  }
  const list = { value: [] as unknown[], end };
  while (list.value.length < size) {
    const item = parse(list.end);
    if (!item) return undefined;
    list.value.push(item.value);
    list.end = item.end;
  }
  return list;
}

function send(command: readonly string[]): Promise<unknown> {
  const reply = Promise.withResolvers<unknown>();
  waiting.push(reply);
  const parts = command.map((part) => `$${Buffer.byteLength(part)}\r\n${part}\r\n`);
  socket.write(`*${parts.length}\r\n${parts.join("")}`);
  return reply.promise;
}

const store = createScriptedStore({ send });
const cache = new Cache({ store, prefix: "own:1", storeTimeout: "5 seconds" });
await cache.check();
console.log(await cache.getOrSet("greeting", () => "안녕", "1 minute")); // → 안녕
socket.end();
