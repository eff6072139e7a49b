import { serviceName } from "./stage.ts";

/**
 * Lambda name of a function, at most 64 characters. SST's own name for a queue's function contains neither stage nor queue.
 */
export function functionName(file: string): string {
  return `${serviceName}-${file.replace("/", "-")}`;
}

/** `list-problems` and `problem_lists` → `ListProblems` and `ProblemLists`, as SST names its components. */
export function componentName(name: string): string {
  return name.replaceAll(/(?:^|[-_])(\w)/g, (_, letter: string) => letter.toUpperCase());
}
