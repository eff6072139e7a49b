import { Redis } from "@upstash/redis";

/** The minimum that a handler over Upstash's SDK imports. */
export const redis = new Redis({ url: "http://127.0.0.1:1", token: "none" });
