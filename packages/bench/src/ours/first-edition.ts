import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { ROOT } from "../recorded.ts";
import { type Adapter, type Load, TTL_SECONDS } from "../rivals/rival.ts";

/** Last commit of the library's first edition. */
export const FIRST_EDITION = "236fee2";

/** Not under `node_modules`, because Node strips no types there. */
const FOLDER = path.join(ROOT, "packages/bench/dist", FIRST_EDITION);

const SOURCES = "packages/cache/src";

/** Copies the first edition's sources from the git history; false if the history does not reach back to them. */
export function hasFirstEdition(): boolean {
  if (existsSync(path.join(FOLDER, SOURCES))) return true;
  const git = (...args: string[]) =>
    execFileSync("git", args, { cwd: ROOT, stdio: ["ignore", "pipe", "ignore"] });
  let archive: Buffer;
  try {
    archive = git("archive", FIRST_EDITION, SOURCES);
  } catch {
    return false;
  }
  mkdirSync(FOLDER, { recursive: true });
  execFileSync("tar", ["-x", "-C", FOLDER], { input: archive });
  return true;
}

interface Params {
  readonly key: string;
  readonly tags: readonly string[];
}

/** The part of its API that the adapter uses. */
interface Library {
  readonly Cache: new (options: object) => {
    get(resource: object, params: Params, request: object): Promise<unknown>;
    read(resource: object, params: Params, request: object): Promise<object>;
    invalidate(tags: readonly string[]): Promise<void>;
    delete(key: string): Promise<void>;
  };
  readonly defineResource: (definition: object) => { keyFor: (params: Params) => string };
  readonly defineTags: (tags: object) => { tag: (name: string) => string };
  readonly keyOf: (parts: object) => string;
}

interface Http {
  readonly toHttpResponse: (
    request: object,
    reading: object,
  ) => Promise<{ body: string; isBase64Encoded: boolean }>;
}

const load = async <Module>(file: string): Promise<Module> =>
  (await import(pathToFileURL(path.join(FOLDER, SOURCES, file)).href)) as Module;

const EVENT = {
  headers: { "accept-encoding": "gzip, deflate, br" },
  requestContext: { http: { method: "GET" } },
} as const;

/** The first edition by its own API, over the Upstash endpoint. */
export const firstEdition: Adapter = {
  name: `the first edition (${FIRST_EDITION})`,
  npm: undefined,
  open: async ({ upstash }) => {
    const { Cache, defineResource, defineTags, keyOf } = await load<Library>("index.ts");
    const { toHttpResponse } = await load<Http>("http/index.ts");
    const { createUpstashStore } = await load<{
      readonly createUpstashStore: (options: object) => object;
    }>("stores/upstash.ts");
    const tags = defineTags({ tag: (name: string) => [name] });
    const view = defineResource({
      name: "view",
      key: ({ key }: Params) => keyOf({ key }),
      tags: (params: Params) => params.tags.map((each) => tags.tag(each)),
      fresh: `${TTL_SECONDS} seconds`,
      load: (_params: Params, source: Load) => source(),
    });
    const store = createUpstashStore(upstash);
    const cache = new Cache({ store, prefix: "first:1", resources: [view] });
    return {
      name: firstEdition.name,
      transport: "REST",
      get: (key, names, source) => cache.get(view, { key, tags: names }, { source }),
      answer: async (key, names, source) => {
        const reading = await cache.read(view, { key, tags: names }, { source });
        const { body, isBase64Encoded } = await toHttpResponse(EVENT, reading);
        return { text: body, isCoded: isBase64Encoded };
      },
      invalidateTags: (names) => cache.invalidate(names.map((each) => tags.tag(each))),
      remove: (key) => cache.delete(view.keyFor({ key, tags: [] })),
      close: async () => undefined,
    };
  },
};
