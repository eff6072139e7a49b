const EVERY_MS = 500;

/**
 * Calls `end` once the parent of this process has ended, if the parent is npm or npm's shell: npm passes a signal to its shell
 * only, and the shell does not pass it on. Without npm the parent is not watched: a program that was started by `nohup`
 * outlives its parent on purpose.
 */
export function whenOrphaned(
  end: () => void,
  { npm_lifecycle_event: script }: NodeJS.ProcessEnv = process.env,
): void {
  if (script === undefined) return;
  const parent = process.ppid;
  const watching = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watching);
    end();
  }, EVERY_MS).unref();
}
