import path from "node:path";

/** Files in the folder of a run's graphs: a graph by its stage's name, the failure if there is one, and a marker for the end. */
export const graphIn = (folder: string, stage: string): string =>
  path.join(folder, `${stage}.json`);
export const failedIn = (folder: string): string => path.join(folder, "failure.txt");
export const evaluatedIn = (folder: string): string => path.join(folder, "evaluated");
