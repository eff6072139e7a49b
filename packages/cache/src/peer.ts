import { CacheError, type CacheErrorCode } from "./errors.ts";

/** Loads a peer package; if it is not installed, the error names it and says how to install it. */
export async function peer<Package>(
  name: string,
  load: () => Promise<Package>,
  code: CacheErrorCode = "definition_invalid",
): Promise<Package> {
  try {
    return await load();
  } catch (error) {
    // In quotes: if a dependency of the package is missing, the message has the package's name only within a path.
    if (!(error instanceof Error && new RegExp(`["']${name}["']`).test(error.message))) throw error;
    throw new CacheError(code, `${name} is not installed: npm install ${name}`, error);
  }
}
