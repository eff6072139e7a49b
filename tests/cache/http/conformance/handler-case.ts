import type { Client, Handle, Options, Said, Seen } from "./http-subject.ts";

/** Required behaviour of every adapter for a handler whose responses it caches. */
export interface HandlerCase {
  readonly title: string;
  readonly options?: Partial<Options>;
  /** Creates the handler of one run. Default: one that returns the request that it saw, as JSON. */
  readonly handle?: () => Handle;
  readonly run: (tools: {
    readonly ask: Client;
    readonly jump: (ms: number) => void;
    /** Requests that reached the handler. */
    readonly seen: readonly Seen[];
    readonly lastOnly: boolean;
  }) => Promise<void>;
}

/** Returns the given responses in turn, then the last one repeatedly. */
export const inTurn =
  (...said: readonly (Said | Error)[]) =>
  (): Handle => {
    let turn = 0;
    return () => {
      const now = said[Math.min(turn++, said.length - 1)];
      if (now instanceof Error) throw now;
      return { body: "text", ...now };
    };
  };
