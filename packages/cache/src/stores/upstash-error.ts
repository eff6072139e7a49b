import { CacheError } from "../errors.ts";

/** Runs one request; what goes wrong is a `store_failed` that carries neither keys nor values. */
export async function attempt<T>(operation: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw storeError(operation, error);
  }
}

/** The SDK puts the whole command, values included, behind its message: only what stands before it is kept. */
export function storeError(operation: string, error: unknown): CacheError {
  const message = error instanceof Error ? error.message : String(error);
  const [reason = ""] = message.split(/,? command was:/);
  return new CacheError("store_failed", `${operation}: ${reason.slice(0, 200)}`);
}
