import { CacheError } from "./errors.ts";
import type { AnyResource } from "./resource.ts";
import { warn } from "./warn.ts";

/**
 * Refuses a resource whose name another one has: by a throw in production, elsewhere by a warning, because code is
 * reloaded there while it runs. A resource with the same source text passes: it is redefined with each request.
 */
export function refuseClash(known: AnyResource, resource: AnyResource): void {
  if (textOf(known) === textOf(resource)) return;
  const message = `two definitions are called "${resource.name}": rename one, they would read each other's entries`;
  if (globalThis.process?.env["NODE_ENV"] === "production")
    throw new CacheError("definition_invalid", message);
  warn(message);
}

function textOf({ load, key }: AnyResource): string {
  return `${String(load)}\n${String(key)}`;
}
