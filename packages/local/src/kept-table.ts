/** Name of the table of a data folder. */
export const KEPT_TABLE = "algoitny-local";
