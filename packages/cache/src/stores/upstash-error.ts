import { CacheError } from "../errors.ts";

/**
 * Runs one request, and once more when the network failed it; `run` is told which try it is. What goes wrong is a
 * `store_failed` that carries neither keys nor values.
 */
export async function attempt<T>(
  operation: string,
  run: (again: boolean) => Promise<T>,
): Promise<T> {
  try {
    return await twice(run);
  } catch (error) {
    throw storeError(operation, error);
  }
}

/** `fetch` rejects with a TypeError when its connection breaks or cannot be made; answers and time-outs are other errors. */
async function twice<T>(run: (again: boolean) => Promise<T>): Promise<T> {
  try {
    return await run(false);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return run(true);
  }
}

/** The SDK puts the whole command, values included, behind its message: only what stands before it is kept. */
function storeError(operation: string, error: unknown): CacheError {
  const message = error instanceof Error ? error.message : String(error);
  const [reason = ""] = message.split(/,? command was:/);
  return new CacheError("store_failed", `${operation}: ${reason.slice(0, 200)}`);
}
