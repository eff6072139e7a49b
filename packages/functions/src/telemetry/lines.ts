/** Takes each line that functions write, with its line end. */
export type WriteLine = (line: string) => unknown;

/** To stdout past Lambda's own `console`, which would wrap each line once more. */
export const writeToStdout: WriteLine = (line) => process.stdout.write(line);
