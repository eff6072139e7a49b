import { Console } from "node:console";
import { Writable } from "node:stream";

/** Takes each line that functions write, with its line end. */
export type WriteLine = (line: string) => unknown;

/** To stdout past Lambda's own `console`, which would wrap each line once more. */
export const writeToStdout: WriteLine = (line) => process.stdout.write(line);

/** Console for Powertools' output. */
export function consoleOver(write: WriteLine): Console {
  const stdout = new Writable({
    decodeStrings: false,
    write(line: string, _encoding, done) {
      write(line);
      done();
    },
  });
  return new Console({ stdout });
}
