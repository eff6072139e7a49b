import { explain } from "./explain.ts";

const FAILED = 1;
const BAD_USAGE = 2;

/**
 * Runs a command: with `--help` it prints the usage; for an invalid command line the usage and the error (exit code 2);
 * errors of `run` are explained (exit code 1).
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
    console.error(`${explain(error)}\n\n${usage}`);
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
