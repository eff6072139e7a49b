import { CacheError } from "./errors.ts";
import type { AnyResource } from "./resource.ts";
import { warn } from "./warn.ts";

/**
 * Refuses a resource whose name another one has. In production it throws; elsewhere it warns, because a development server
 * reloads code while it runs. A resource whose `load` and `key` have the same source text passes: some applications define
 * it again with each request.
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
