import { serviceName } from "./stage.ts";

/** A function's name at AWS, of at most 64 characters. SST's own for a queue's function tells neither stage nor queue. */
export function functionName(file: string): string {
  return `${serviceName}-${file.replace("/", "-")}`;
}

/** `list-problems` and `problem_lists` → `ListProblems` and `ProblemLists`, as SST names its components. */
export function componentName(name: string): string {
  return name.replaceAll(/(?:^|[-_])(\w)/g, (_, letter: string) => letter.toUpperCase());
}
