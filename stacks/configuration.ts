import { isProduction } from "./stage.ts";
import { readCacheSettings, readConfiguration } from "./variables.ts";

/** From the environment, `.env` and `.env.<stage>`. */
export const configuration = readConfiguration(process.env, { production: isProduction });
export const cacheSettings = readCacheSettings(process.env);
