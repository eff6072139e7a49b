import { access, type FunctionFile } from "@algoitny/functions/deployment/access";
import type { SourceMaps } from "./source-maps.ts";

/** A frame's place in a deployed function: Lambda unpacks the archive there. */
const DEPLOYED = /(?:file:\/\/)?\/var\/task\/(?<file>[\w.-]+\.mjs):(?<line>\d+):(?<column>\d+)/g;

export interface ResolvedTrace {
  text: string;
  /** Number of the trace's places in a bundle. */
  frames: number;
  /** Files that the trace names and this checkout's bundle lacks: the trace is from other code. */
  unknown: string[];
}

/** Replaces each place in a bundle by its place in the sources, and leaves the rest unchanged. */
export function resolveTrace(trace: string, maps: SourceMaps): ResolvedTrace {
  const unknown = new Set<string>();
  let frames = 0;
  const text = trace.replaceAll(DEPLOYED, (whole, ...rest: unknown[]) => {
    const { file, line, column } = rest.at(-1) as Record<"file" | "line" | "column", string>;
    frames += 1;
    if (!maps.files.has(file)) unknown.add(file);
    const place = maps.find({ file, line: Number(line), column: Number(column) });
    return place ? `${place.file}:${place.line}:${place.column}` : whole;
  });
  return { text, frames, unknown: [...unknown] };
}

/**
 * `http/get-problem` from that name, the function's name in AWS or its log group's; throws an error with all names if none
 * fits.
 */
export function fileOfName(name: string): FunctionFile {
  const files = Object.keys(access) as FunctionFile[];
  const found = files.find(
    (file) => name === file || `-${name}`.endsWith(`-${file.replace("/", "-")}`),
  );
  if (found) return found;
  throw new Error(`there is no function ${name}: write one of ${files.join(", ")}`);
}
