import type { BundleSettings } from "@algoitny/ops/trace/build";

/** Input of an evaluation. */
export interface SynthRequest {
  stage: string;
  /** As under `sst dev`. */
  dev: boolean;
  /** Entries of stacks/restored-tables.ts. */
  restoredTables: Record<string, string>;
  paths: { home: string; root: string; work: string; platform: string };
}

export type Inputs = Record<string, unknown>;

/** One resource that SST would create. */
export interface Resource {
  type: string;
  name: string;
  inputs: Inputs;
  /** `type::name`, the form in which parents and dependencies refer to it. */
  urn: string;
  parent: string;
  dependsOn: string[];
  protect: boolean;
  retainOnDelete: boolean;
  /** The existing resource that is adopted; empty for a new one. */
  importId: string;
  /** Outputs that a component registers for SST's CLI. */
  outputs?: Inputs;
}

/** A function's code as it would be deployed, with its settings and links. */
export interface BuiltFunction {
  id: string;
  /** `packages/functions/src/http/list-problems.handler`. */
  handler: string;
  settings: BundleSettings;
  /** Folder with `bundle.mjs` and its chunks; empty under `sst dev`. */
  folder: string;
  /** Linked values by name, as SST passes them to the function. */
  links: Record<string, Inputs>;
  /** Files that SST puts into the archive beside the bundle. */
  copyFiles: { from: string; to: string }[];
}

export interface Graph {
  app: { name: string; stage: string; removal: string; protect: boolean; providers: Inputs };
  resources: Resource[];
  functions: BuiltFunction[];
}

export function ofType(graph: Graph, type: string): Resource[] {
  return graph.resources.filter((resource) => resource.type === type);
}

/** The only resource of a type, or of a type and a name; throws with the existing names. */
export function theOne(graph: Graph, type: string, name?: string): Resource {
  const all = ofType(graph, type);
  const found = name === undefined ? all : all.filter((resource) => resource.name === name);
  if (found.length === 1 && found[0]) return found[0];
  const names = all.map((resource) => resource.name).join(", ");
  throw new Error(`${found.length} of ${type} ${name ?? ""}; there are: ${names}`);
}

/** Resources under a component, at any depth. */
export function under(graph: Graph, component: Resource): Resource[] {
  const children = graph.resources.filter(({ parent }) => parent === component.urn);
  return children.flatMap((child) => [child, ...under(graph, child)]);
}

/** `packages/functions/src/http/list-problems.handler` → `http/list-problems`. */
export function fileOf(handler: string): string {
  return handler.replace(/^packages\/functions\/src\//, "").replace(/\.handler$/, "");
}
