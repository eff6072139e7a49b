import type { Readable } from "node:stream";
import { createInterface } from "node:readline";

type Fields = Record<string, unknown>;

export interface Tab {
  /** Sends a command of the DevTools protocol to the tab. */
  send: (method: string, params?: object) => Promise<Fields>;
  /** Resolves with the next event of that name. */
  next: (event: string) => Promise<void>;
  close: () => void;
}

/**
 * Connects to the only tab of a browser that writes its address to `stderr`. Playwright would enable the domains that keep
 * requests and their bodies in memory, which a measurement of the memory must not include.
 */
export async function connectBrowser(stderr: Readable): Promise<Tab> {
  const socket = new WebSocket(await tabOf(await addressOf(stderr)));
  await new Promise((resolve) => {
    socket.addEventListener("open", resolve);
  });
  const waiting = new Map<number, PromiseWithResolvers<Fields>>();
  const expected = new Map<string, () => void>();
  let sent = 0;
  socket.addEventListener("message", ({ data }) => {
    const { id, method, result, error } = JSON.parse(String(data)) as {
      id?: number;
      method?: string;
      result?: Fields;
      error?: { message: string };
    };
    if (method !== undefined) {
      expected.get(method)?.();
      expected.delete(method);
    }
    const answered = id === undefined ? undefined : waiting.get(id);
    if (error) answered?.reject(new Error(error.message));
    else answered?.resolve(result ?? {});
    if (id !== undefined) waiting.delete(id);
  });
  return {
    send(method, params = {}) {
      const answered = Promise.withResolvers<Fields>();
      waiting.set((sent += 1), answered);
      socket.send(JSON.stringify({ id: sent, method, params }));
      return answered.promise;
    },
    next: (event) => new Promise<void>((resolve) => void expected.set(event, resolve)),
    close: () => socket.close(),
  };
}

async function addressOf(stderr: Readable): Promise<string> {
  for await (const line of createInterface(stderr)) {
    const [, port] = /listening on ws:\/\/127\.0\.0\.1:(\d+)/.exec(line) ?? [];
    if (port !== undefined) return `http://127.0.0.1:${port}`;
  }
  throw new Error("the browser has ended");
}

async function tabOf(address: string): Promise<string> {
  const tabs = (await (await fetch(`${address}/json/list`)).json()) as {
    type: string;
    webSocketDebuggerUrl: string;
  }[];
  const tab = tabs.find(({ type }) => type === "page");
  if (!tab) throw new Error("the browser has no tab");
  return tab.webSocketDebuggerUrl;
}
