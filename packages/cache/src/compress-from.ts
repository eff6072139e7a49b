/** Smaller bodies stay uncompressed: compression gains nothing within one network packet. */
export const COMPRESS_FROM_BYTES = 1_024;
