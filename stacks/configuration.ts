import { isProduction } from "./stage.ts";
import { checkSecrets, readCacheSettings, readConfiguration } from "./variables.ts";

/** Configuration from the environment, `.env` and `.env.<stage>`. Throws before SST has created anything. */
export const configuration = readConfiguration(process.env, { production: isProduction });
export const cacheSettings = readCacheSettings(process.env);
// `sst dev` provides a local Redis for a stage without secrets.
if (!configuration.UPSTASH_API_KEY && !$dev) checkSecrets(process.env, $app.stage);
