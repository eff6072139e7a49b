import { explain } from "./explain.ts";
import { nearest } from "./nearest.ts";

/**
 * Explains an invalid command line in one sentence; `parseArgs` words its errors for programmers. `options` are the
 * existing ones, with their dashes.
 */
export function usageProblem(
  error: unknown,
  args: readonly string[],
  options: readonly string[],
): string {
  const text = explain(error);
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (!code.startsWith("ERR_PARSE_ARGS_")) return text;
  const [, named = ""] = /'(?:-\w, )?(.*?)(?: <value>)?'/s.exec(text) ?? [];
  if (code === "ERR_PARSE_ARGS_UNKNOWN_OPTION")
    return `no option ${named}${nearest(named, options)}`;
  if (code === "ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL") return `unexpected argument ${named}`;
  if (text.includes("ambiguous")) {
    const value = args[args.indexOf(named) + 1] ?? "";
    return `${named} ${value}: a value cannot begin with "-", except after "="`;
  }
  return text.includes("missing") ? `${named}: give it a value` : `${named} takes no value`;
}

/** The options that a usage lists. */
export const optionsIn = (usage: string): string[] =>
  Array.from(usage.matchAll(/^ +(--[\w-]+)/gm), ([, option = ""]) => option);

/**
 * The command line that was meant, if npm took an option for one of its own: without `--`, npm keeps `--port` of
 * `npm run dev --port 8123` as a setting, and passes only `8123` on.
 */
export function takenByNpm(
  usage: string,
  args: readonly string[],
  env: Readonly<NodeJS.ProcessEnv>,
): string | undefined {
  const script = env["npm_lifecycle_event"];
  const taken = optionsIn(usage).filter(
    (flag) => env[`npm_config_${flag.slice(2).replaceAll("-", "_")}`] === "true",
  );
  if (script === undefined || taken.length === 0) return undefined;
  // Of several options, it is unknown which value belongs to which.
  const words = taken.length === 1 ? [...taken, ...args] : taken.map((flag) => `${flag} …`);
  return `options follow "--": npm run ${script} -- ${words.join(" ")}`;
}
