/** Name of the table of a data folder, by which it is found again. */
export const KEPT_TABLE = "algoitny-local";
