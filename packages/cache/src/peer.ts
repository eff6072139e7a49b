import { CacheError, type CacheErrorCode } from "./errors.ts";

/** Loads a package that is installed beside this one; where it is not, the error names it and says how to install it. */
export async function peer<Package>(
  name: string,
  load: () => Promise<Package>,
  code: CacheErrorCode = "definition_invalid",
): Promise<Package> {
  try {
    return await load();
  } catch (error) {
    // In quotes: a package that is missing within it has its path in the message.
    if (!(error instanceof Error && new RegExp(`["']${name}["']`).test(error.message))) throw error;
    throw new CacheError(code, `${name} is not installed: npm install ${name}`, error);
  }
}
