/** Prefix of every key of the cache. A higher number leaves every entry behind. */
export const CACHE_PREFIX = "algoitny:1";
