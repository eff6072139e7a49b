/** Tests whose writes are random over a whole local cloud: another run makes other writes. */
export const RANDOM_FILES = ["tests/flows/read-your-writes.test.ts", "tests/storm/storm.test.ts"];
