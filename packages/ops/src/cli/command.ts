import { explain } from "./explain.ts";
import { optionsIn, takenByNpm, usageProblem } from "./usage-problem.ts";

const FAILED = 1;
const BAD_USAGE = 2;

/**
 * Runs a command. With `--help` it prints the usage, for an invalid command line the error and the usage (exit code 2), and
 * for an error of `run` its explanation (exit code 1).
 */
export async function runCommand<Options extends { help: boolean }>({
  usage,
  parse,
  run,
}: {
  usage: string;
  /** Reads the command line; throws an error that says what to write instead. */
  parse: () => Options | Promise<Options>;
  run: (options: Options) => Promise<void> | void;
}): Promise<void> {
  let options: Options;
  try {
    options = await parse();
  } catch (error) {
    const args = process.argv.slice(2);
    const meant = takenByNpm(usage, args, process.env);
    const problem = [
      usageProblem(error, args, optionsIn(usage)),
      ...(meant === undefined ? [] : [meant]),
    ].join(": ");
    console.error(`${problem}\n\n${usage}`);
    process.exitCode = BAD_USAGE;
    return;
  }
  try {
    if (options.help) console.log(usage);
    else await run(options);
  } catch (error) {
    console.error(explain(error));
    process.exitCode = FAILED;
  }
}
