import { readFileSync } from "node:fs";
import { inject } from "vitest";
import type { Graph } from "./graph.ts";
import type { StageName } from "./stages.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Stage → file with its graph; or what went wrong, which each test that asks for a graph then fails with. */
    graphs: Record<StageName, string> | { failure: string };
  }
}

/** The graph of a stage, evaluated before the tests began; throws with what went wrong there. */
export function graphOf(stage: StageName): Graph {
  const graphs = inject("graphs");
  if ("failure" in graphs) throw new Error(graphs.failure);
  return JSON.parse(readFileSync(graphs[stage], "utf8")) as Graph;
}
