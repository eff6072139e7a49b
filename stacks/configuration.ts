import { isProduction } from "./stage.ts";
import { readConfiguration, readTtls } from "./variables.ts";

/** From the environment, `.env` and `.env.<stage>`. */
export const configuration = readConfiguration(process.env, { production: isProduction });
export const cacheTtls = readTtls(process.env);
