import { parseArgs } from "node:util";
import { ApiError, UnreachableError } from "../api-client.ts";
import { explain } from "../cli/explain.ts";
import { nearest } from "../cli/nearest.ts";
import { usageProblem } from "../cli/usage-problem.ts";
import {
  type Command,
  type Given,
  type Surroundings,
  Unconfirmed,
  UsageError,
} from "./ops-command.ts";
import { flagsOf, helpOf, overview } from "./command-help.ts";
import { safe } from "./terminal-text.ts";

export const EXIT = { fine: 0, failed: 1, usage: 2, notAllowed: 3, unreachable: 4 } as const;

/** Runs one command line, prints its result, and returns the exit code. */
export async function runOps(
  commands: Readonly<Record<string, Command>>,
  args: readonly string[],
  around: Surroundings,
): Promise<number> {
  const [name = "", ...rest] = args;
  if (name === "" || name === "--help" || name === "-h") {
    around.print(overview(commands));
    return name === "" ? EXIT.usage : EXIT.fine;
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) {
    // The list of commands would scroll the reason away.
    around.note(`no command ${safe(name)}${nearest(name, Object.keys(commands))}`);
    around.note("npm run ops -- --help lists the commands");
    return EXIT.usage;
  }
  try {
    const given = parse(command, rest);
    if (given.flags["help"]) {
      around.print(helpOf(name, command));
      return EXIT.fine;
    }
    // Loaded after the help, which needs none of the schemas of a run.
    const { runCommand } = await import("./run-command.ts");
    return (await runCommand(command, given, around)) ? EXIT.fine : EXIT.failed;
  } catch (error) {
    return report(error, helpOf(name, command), around);
  }
}

/** Parses a command line strictly: a mistyped flag must never turn a dry run into the real deed. */
function parse(command: Command, args: readonly string[]): Given {
  const known = flagsOf(command);
  const options = Object.fromEntries(
    Object.entries(known).map(([name, { type, short, multiple = false }]) => [
      name,
      { type, multiple, ...(short && { short }) },
    ]),
  );
  let parsed;
  try {
    parsed = parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    const names = Object.keys(known).map((name) => `--${name}`);
    throw new UsageError(usageProblem(error, args, names));
  }
  const { values, positionals: words } = parsed;
  const { leastWords = 0, mostWords = 0 } = command;
  const isHelp = values["help"] === true;
  if (!isHelp && words.length < leastWords)
    throw new UsageError(`arguments are missing: ${command.words ?? ""}`);
  if (!isHelp && words.length > mostWords)
    throw new UsageError(
      `${words[mostWords] ?? ""}: the command takes ${command.words ?? "no arguments, only flags"}`,
    );
  return { flags: values as Given["flags"], words };
}

function report(error: unknown, usage: string, { note }: Surroundings): number {
  // Escaped, because it contains answers of a server.
  note(explain(error).split("\n").map(safe).join("\n"));
  if (error instanceof UsageError) {
    if (!(error instanceof Unconfirmed)) note(`\n${usage}`);
    return EXIT.usage;
  }
  if (error instanceof UnreachableError) return EXIT.unreachable;
  if (error instanceof ApiError && (error.status === 401 || error.status === 403)) {
    note(
      "sign in with `npm run ops -- login URL`, or give an operator's token in OPS_TOKEN; locally `npm run dev` gives one by itself.",
    );
    return EXIT.notAllowed;
  }
  if (error instanceof ApiError && error.status === 503)
    note("`npm run ops -- doctor` names the fault");
  return EXIT.failed;
}
