const EVERY_MS = 500;

/**
 * Calls `end` once the parent of this process has gone, if that is npm or its shell: npm hands a signal to the shell alone, and the
 * shell to no one. Without npm nothing is looked at, since a program of `nohup` outlives its parent on purpose.
 */
export function whenOrphaned(
  end: () => void,
  { npm_lifecycle_event: script }: NodeJS.ProcessEnv = process.env,
): void {
  if (script === undefined) return;
  const parent = process.ppid;
  const looking = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(looking);
    end();
  }, EVERY_MS).unref();
}
