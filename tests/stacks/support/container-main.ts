import { registerHooks } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";

/** Runs the bundle in the current folder as a Lambda container does, and records which of its files were loaded. */
const loaded: string[] = [];
registerHooks({
  load(url, context, next) {
    if (url.startsWith("file:")) loaded.push(path.basename(url));
    return next(url, context);
  },
});

/** More than on Lambda, because a busy machine needs more. */
const PATIENCE_MS = 600_000;

/** Proxy for the object in which SST keeps links; it records those that are read. `in` does not count as a read. */
const linksRead = new Set<string>();
Reflect.set(
  globalThis,
  "__SST_RESOURCE_RAW__",
  new Proxy<object>(
    {},
    {
      get(links, name) {
        if (typeof name === "string") linksRead.add(name);
        return Reflect.get(links, name);
      },
    },
  ),
);

interface Bundle {
  handler: (event: unknown, context: object) => Promise<unknown>;
}

const bundle = (await import(pathToFileURL(path.resolve("bundle.mjs")).href)) as Bundle;

process.on("message", ({ id, event }: { id: number; event: unknown }) => {
  const deadlineMs = Date.now() + PATIENCE_MS;
  const context = {
    awsRequestId: `request-${id}`,
    getRemainingTimeInMillis: () => deadlineMs - Date.now(),
  };
  void Promise.resolve(bundle.handler(event, context))
    .then(
      (result) => ({ result: result ?? null }),
      (error: unknown) => ({
        error: error instanceof Error ? (error.stack ?? error.message) : String(error),
      }),
    )
    .then((outcome) => process.send?.({ id, loaded, links: [...linksRead], ...outcome }));
});
process.send?.({ id: 0, loaded, links: [...linksRead] });
