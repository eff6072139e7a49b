/** Smaller bodies stay as they are: within one network packet there is nothing to win. */
export const COMPRESS_FROM_BYTES = 1_024;
