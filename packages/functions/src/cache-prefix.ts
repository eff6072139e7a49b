/** What every key of the cache begins with. Raise the number to leave every entry behind. */
export const CACHE_PREFIX = "algoitny:1";
