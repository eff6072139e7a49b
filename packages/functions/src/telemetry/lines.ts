/** Takes each line that functions write, with its line end. */
export type WriteLine = (line: string) => unknown;

/** To stdout directly, because Lambda's own `console` would wrap each line again. */
export const writeToStdout: WriteLine = (line) => process.stdout.write(line);
