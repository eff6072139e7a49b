/** The table of kept data: a name to be found by. */
export const KEPT_TABLE = "algoitny-local";
