import { fork } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import type { FleetActions } from "./fleet-main.ts";

export interface FleetCall {
  id: number;
  action: keyof FleetActions;
  args: unknown[];
}

export interface FleetReply {
  id: number;
  result?: unknown;
  error?: string;
  /**
   * Unhandled rejections and uncaught exceptions since the process began: by default, Node ends a process at the first
   * one.
   */
  unhandled: number;
}

/** A process with instances of a library. */
export interface Member extends AsyncDisposable {
  ask<Name extends keyof FleetActions>(
    action: Name,
    ...args: Parameters<FleetActions[Name]>
  ): Promise<Awaited<ReturnType<FleetActions[Name]>>>;
  readonly unhandled: number;
}

export function startMember(): Member {
  const child = fork(path.join(import.meta.dirname, "fleet-main.ts"), {
    serialization: "advanced",
  });
  const waiting = new Map<number, PromiseWithResolvers<never>>();
  let calls = 0;
  let unhandled = 0;
  child.on("message", (message: FleetReply) => {
    const call = waiting.get(message.id);
    waiting.delete(message.id);
    unhandled = message.unhandled;
    if (message.error === undefined) call?.resolve(message.result as never);
    else call?.reject(new Error(message.error));
  });
  child.once("exit", (code) => {
    for (const { reject } of waiting.values()) reject(new Error(`a process ended with ${code}`));
  });
  return {
    ask(action, ...args) {
      const call = Promise.withResolvers<never>();
      const id = ++calls;
      waiting.set(id, call);
      child.send({ id, action, args } satisfies FleetCall);
      return call.promise;
    },
    get unhandled() {
      return unhandled;
    },
    async [Symbol.asyncDispose]() {
      const ended = once(child, "exit");
      child.disconnect();
      await ended;
    },
  };
}
