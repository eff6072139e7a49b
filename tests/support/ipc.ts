/** One end of the IPC channel between two Node processes: a `ChildProcess`, or `process` in the child. */
interface Channel {
  send?: (message: Message, callback: (error: Error | null) => void) => unknown;
  on(event: "message", listener: (message: Message) => void): unknown;
  once(event: "disconnect", listener: () => void): unknown;
}

type Message =
  | { kind: "call"; id: number; name: string; args: unknown[] }
  | { kind: "answer"; id: number; value: unknown }
  | { kind: "failure"; id: number; error: Error };

// oxlint-disable-next-line typescript/no-explicit-any -- the two ends agree on the types
type Functions = Record<string, (...args: any[]) => unknown>;

/** Calls a function of the process at the other end. */
export type Call<Theirs> = <Name extends keyof Theirs & string>(
  name: Name,
  ...args: Theirs[Name] extends (...args: infer Args) => unknown ? Args : never
) => Promise<Theirs[Name] extends (...args: never[]) => infer Result ? Awaited<Result> : never>;

/** Lets both ends call each other's functions; pending calls are rejected when the other process ends. */
export function connectIpc<Theirs>(channel: Channel, own: Functions): Call<Theirs> {
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let lastId = 0;
  const gone = () => new Error("the other process is gone");
  const send = (message: Message) => {
    channel.send?.(message, (error) => {
      if (error !== null && message.kind === "call") waiting.get(message.id)?.reject(gone());
    });
  };

  async function answer(id: number, name: string, args: unknown[]): Promise<void> {
    try {
      send({ kind: "answer", id, value: await own[name]?.(...args) });
    } catch (error) {
      send({
        kind: "failure",
        id,
        error: error instanceof Error ? error : new Error(String(error)),
      });
    }
  }

  channel.on("message", (message) => {
    if (message.kind === "call") {
      void answer(message.id, message.name, message.args);
      return;
    }
    const call = waiting.get(message.id);
    waiting.delete(message.id);
    if (message.kind === "answer") call?.resolve(message.value);
    else call?.reject(message.error);
  });
  channel.once("disconnect", () => {
    for (const call of waiting.values()) call.reject(gone());
  });

  const call = (name: string, ...args: unknown[]): Promise<unknown> => {
    lastId += 1;
    const result = Promise.withResolvers<unknown>();
    waiting.set(lastId, result);
    result.promise.catch(() => {}); // a caller that no longer waits when the process ends ignores the rejection
    send({ kind: "call", id: lastId, name, args });
    return result.promise;
  };
  return call as Call<Theirs>;
}
