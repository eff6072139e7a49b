import { badRequest } from "../endpoint/http-error.ts";
import { HALF_PAIR, isDeeper, NESTING_LIMIT, TOO_DEEP } from "../endpoint/input.ts";

/**
 * Throws a 400 for a value that cannot be stored: nested too deeply, or with half of a surrogate pair. REST's bodies are
 * checked as they are read.
 */
export function requireStorable(path: string, value: unknown): void {
  if (isDeeper(value, NESTING_LIMIT)) throw badRequest([{ path, message: TOO_DEEP }]);
  requireWellFormed(path, value);
}

function requireWellFormed(path: string, value: unknown): void {
  if (typeof value === "string" && !value.isWellFormed())
    throw badRequest([{ path, message: HALF_PAIR }]);
  if (typeof value !== "object" || value === null) return;
  for (const [name, inner] of Object.entries(value)) {
    requireWellFormed(path, name);
    requireWellFormed(path, inner);
  }
}
