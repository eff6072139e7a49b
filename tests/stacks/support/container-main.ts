import { registerHooks } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";

/** Runs the bundle in the current folder as a Lambda container does, and notes which of its files were loaded. */
const loaded: string[] = [];
registerHooks({
  load(url, context, next) {
    if (url.startsWith("file:")) loaded.push(path.basename(url));
    return next(url, context);
  },
});

interface Bundle {
  handler: (event: unknown, context: object) => Promise<unknown>;
}

const bundle = (await import(pathToFileURL(path.resolve("bundle.mjs")).href)) as Bundle;

process.on("message", ({ id, event }: { id: number; event: unknown }) => {
  const deadlineMs = Date.now() + 10_000;
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
    .then((outcome) => process.send?.({ id, loaded, ...outcome }));
});
process.send?.({ id: 0, loaded });
