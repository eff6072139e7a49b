/** Prefix of every key of the cache. Raise the number to abandon all entries. */
export const CACHE_PREFIX = "algoitny:1";
