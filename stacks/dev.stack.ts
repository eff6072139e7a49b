import { configuration } from "./configuration.ts";
import { LOCAL_REDIS } from "./redis.stack.ts";

const { port } = new URL(LOCAL_REDIS.url);

/** Under `sst dev`, a Redis that speaks Upstash's protocol, for stages without a database at Upstash. */
export const localRedis = new sst.x.DevCommand("LocalRedis", {
  dev: {
    title: "Redis",
    command: `npm run redis -- --port ${port} --token ${LOCAL_REDIS.token}`,
    autostart: configuration.UPSTASH_API_KEY === undefined,
  },
});
