import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Options that only tests use. */
export const FOR_TESTS = ["now", "random", "token"];

/** Files that declare options, and their interfaces. */
const OPTIONS: Readonly<Record<string, readonly string[]>> = {
  "resource.ts": ["Lifetime", "CommonOptions", "ResourceOptions", "LoadedOptions"],
  "engine/context.ts": ["CacheOptions"],
  "engine/read-context.ts": ["ReadOptions"],
  "engine/get-many.ts": ["ManyOptions"],
  "engine/warm-many.ts": ["WarmOptions"],
  "engine/verify.ts": ["VerifyOptions"],
  "http/cached-handler.ts": ["CachedHandlerOptions"],
  "http/cache-fetch.ts": ["CacheFetchOptions"],
  "lambda/cache-response.ts": ["CacheResponseOptions"],
  "http/create-reply.ts": ["ResponseOptions"],
  "otel/index.ts": ["InstrumentOptions"],
  "http/response-resource.ts": ["ResponseResourceOptions"],
};

/** Names of all options in the sources of the library. */
export function optionsIn(src: string): string[] {
  return Object.entries(OPTIONS).flatMap(([file, interfaces]) => {
    const text = readFileSync(join(src, file), "utf8");
    return interfaces.flatMap((name) => {
      const body = new RegExp(`interface ${name}\\b.*?\\{\\n(.*?)^\\}`, "ms").exec(text)?.[1];
      if (body === undefined) throw new Error(`${file} has no interface ${name}`);
      return [...body.matchAll(/^ {2}(?:readonly )?(\w+)\??[:(]/gm)].map(
        ([, option = ""]) => option,
      );
    });
  });
}
