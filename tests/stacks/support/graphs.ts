import { existsSync, readFileSync } from "node:fs";
import { inject } from "vitest";
import { failedIn, graphIn } from "./graph-files.ts";
import type { Graph } from "./graph.ts";
import type { StageName } from "./stages.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Folder of the graphs of all stages, or of the failure, with which each test that requests a graph then fails. */
    graphs: string;
  }
}

/** The graph of a stage, evaluated before the file's tests began; throws the failure of that evaluation. */
export function graphOf(stage: StageName): Graph {
  const folder = inject("graphs");
  if (existsSync(failedIn(folder))) throw new Error(readFileSync(failedIn(folder), "utf8"));
  return JSON.parse(readFileSync(graphIn(folder, stage), "utf8")) as Graph;
}
