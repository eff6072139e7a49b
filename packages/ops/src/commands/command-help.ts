import type { Command, Flag } from "./ops-command.ts";

/** Flags of every command; of them, one that calls no API has only `json` and `help`. */
export const COMMON_FLAGS = {
  url: {
    type: "string",
    value: "URL",
    help: "the stage's address (OPS_URL, else the running local cloud, else the stage last deployed from here)",
  },
  stage: {
    type: "string",
    value: "NAME",
    help: "a stage that `login` signed in to, or the one last deployed from here",
  },
  data: {
    type: "string",
    value: "DIR",
    help: "the data folder of `npm run dev` (.data)",
  },
  json: { type: "boolean", help: "one JSON document on stdout" },
  help: { type: "boolean", short: "h", help: "this text" },
} as const satisfies Record<string, Flag>;

/** Flag of commands that may be repeated. */
export const WATCH_FLAG: Flag = {
  type: "boolean",
  help: "repeat every 5 seconds until Ctrl-C; with --json one document per line",
};

export function flagsOf({ flags = {}, watches, standsAlone }: Command): Record<string, Flag> {
  const { url, stage, data, ...general } = COMMON_FLAGS;
  const named = standsAlone ? {} : { url, stage, data };
  return { ...flags, ...(watches && { watch: WATCH_FLAG }), ...named, ...general };
}

/** Usage of one command: its arguments, its output, and examples. */
export function helpOf(name: string, command: Command): string {
  const flags = Object.entries(flagsOf(command)).map(([flag, about]): [string, string] => [
    flagText(flag, about),
    about.help,
  ]);
  const words = command.words ? ` ${command.words}` : "";
  return `Usage: npm run ops -- ${name}${words} [options]

${command.summary}

${command.teaches}

${columns(flags)}

${command.examples.map((example) => `  npm run ops -- ${example}`).join("\n")}`;
}

/** `--watch`, `--help, -h`, `--url URL`; a one-letter name only has the short form. */
function flagText(name: string, { short, value }: Flag): string {
  const long = name.length > 1 ? [`--${name}`] : [];
  const names = [...long, ...(short ? [`-${short}`] : [])].join(", ");
  return value ? `${names} ${value}` : names;
}

/** The list of commands. */
export function overview(commands: Readonly<Record<string, Command>>): string {
  const rows = Object.entries(commands).map(([name, { words, summary }]): [string, string] => [
    words ? `${name} ${words}` : name,
    summary,
  ]);
  return `Usage: npm run ops -- COMMAND [options]

Inspects and operates a stage through its API; \`invalidate --via queue\` bypasses the API, and \`preflight\` calls no stage. The
stage is that of --url, else of --stage, else of OPS_URL, else the running local cloud, else the stage last deployed from
here. The token is that of OPS_TOKEN, else that of the local cloud or of \`login\`. Each command prints its usage with --help,
and JSON for programs with --json.

${columns(rows)}

Exit codes: 0 fine, 1 it failed or a check found a fault, 2 usage or not confirmed, 3 not signed in or not allowed, 4 not reachable.`;
}

function columns(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join("\n");
}
