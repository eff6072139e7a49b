import { slices } from "../slices.ts";
import type { CommitRequest, LeaseRequest, Outcome } from "../store.ts";
import { chunks } from "./chunks.ts";
import { followCall, lookCall, revalidateCall } from "./look-call.ts";
import { unreadable } from "./replies.ts";
import {
  beatCall,
  beginCall,
  commitCall,
  endCall,
  expireCall,
  leaseCall,
  numberIn,
  releaseCall,
  type ScriptCall,
  stampsCall,
  walkCall,
} from "./script-calls.ts";
import type { Rest } from "./other-operations.ts";
import type { ScriptedOptions, Send } from "./scripted.ts";

/** Highest number of keys that one command removes: 5,000. */
const DELETED_AT_ONCE = 5_000;

/** Highest number of stamps that one script expires: 1,000. */
const EXPIRED_AT_ONCE = 1_000;

/** Highest number of stamps that one script makes: 1,000. */
const MADE_AT_ONCE = 1_000;

/** The operations of a store that run a script or `DEL`. */
export interface Scripts extends Rest {
  /** A look at the primary by a script; null for the script that takes any number of names. */
  look(script: string | null, keys: readonly string[]): Promise<(string | null)[]>;
}

/**
 * Creates the operations; functions of `script-calls.ts` and `look-call.ts` write the scripts' calls and read the
 * replies.
 */
export function createScripts(send: Send, options: ScriptedOptions): Scripts {
  const run = runner(send, options);
  return {
    look: (script, keys) => run("mget", lookCall(script, keys)),
    follow: (request) => run("follow", followCall(request)),
    revalidate: (request) => run("revalidate", revalidateCall(request)),
    lease: (batch) =>
      inChunks(batch.requests, (requests) => run("lease", leaseCall({ ...batch, requests }))),
    stamps: async (request) => {
      const made = slices(request.keys, MADE_AT_ONCE).map((keys) =>
        run("stamps", stampsCall({ ...request, keys })),
      );
      return (await Promise.all(made)).flat();
    },
    commit: (batch) =>
      inChunks(batch.requests, (requests) => run("commit", commitCall({ ...batch, requests }))),
    begin: (request) => run("begin", beginCall(request)),
    end: (request) => run("end", endCall(request)),
    beat: (request) => run("beat", beatCall(request)),
    release: (request) => run("release", releaseCall(request)),
    expire: async (request) => {
      for (const keys of slices(request.keys, EXPIRED_AT_ONCE))
        await run("expire", expireCall({ ...request, keys }));
    },
    delete: async (keys) => {
      let count = 0;
      // One slice after the other: a caller may pass the stamps of source entries before those of derived entries.
      for (const some of slices(keys, DELETED_AT_ONCE)) {
        const route = { key: some[0], readOnly: false };
        count += numberIn("delete", await send("delete", ["DEL", ...some], route));
      }
      return count;
    },
    walk: (request) => run("walk", walkCall(request)),
  };
}

type Run = <Result>(operation: string, call: ScriptCall<Result>) => Promise<Result>;

/** Redis's error for an unknown script, and GLIDE's. */
const UNKNOWN = /NOSCRIPT|NoScriptError/;

/** Runs scripts by EVALSHA, or by EVAL if the server does not know them; with a `scriptHeader` always by EVAL. */
function runner(send: Send, { scriptHeader }: ScriptedOptions): Run {
  return async (operation, { script, keys, args, read, header, isUnlocked = false }) => {
    const forAll = isUnlocked ? undefined : scriptHeader;
    const first = scriptHeader === undefined ? header : forAll;
    const text = first === undefined ? script : `${first}\n${script}`;
    const rest = [String(keys.length), ...keys, ...args];
    const route = { key: keys[0], readOnly: false };
    const whole = () => send(operation, ["EVAL", text, ...rest], route);
    if (scriptHeader !== undefined) return read(await whole());
    const digest = await digestOf(text);
    try {
      return read(await send(operation, ["EVALSHA", digest, ...rest], route));
    } catch (error) {
      if (!(error instanceof Error && UNKNOWN.test(error.message))) throw error;
      return read(await whole());
    }
  };
}

/** Keyed by the text of a script: there are about a dozen. */
const digests = new Map<string, Promise<string>>();

function digestOf(text: string): Promise<string> {
  const known = digests.get(text) ?? sha1(text);
  digests.set(text, known);
  return known;
}

async function sha1(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-1", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Runs one script for each chunk, all chunks at once; a failed chunk fails only its own elements. */
async function inChunks<Request extends LeaseRequest | CommitRequest, Result>(
  requests: readonly Request[],
  run: (chunk: readonly Request[]) => Promise<(Result | undefined)[]>,
): Promise<Outcome<Result>[]> {
  const running = chunks(requests).map(async (chunk): Promise<Outcome<Result>[]> => {
    try {
      const results = await run(chunk);
      return results.map((value) =>
        value === undefined ? { ok: false, error: unreadable("batch") } : { ok: true, value },
      );
    } catch (error) {
      const failure = error instanceof Error ? error : new Error(String(error));
      return chunk.map(() => ({ ok: false, error: failure }));
    }
  });
  return (await Promise.all(running)).flat();
}
