import type { CloudOptions } from "@algoitny/local/cloud";

type Intercept = NonNullable<CloudOptions["intercept"]>;

/** Values by name, as they were at one moment. */
export type Image = ReadonlyMap<string, Buffer | null>;

/** Answers plain reads from an image of Redis while there is one, as a replica does that has fallen behind; scripts go to the primary. */
export function createLaggingReplica() {
  let image: Image | undefined;
  const intercept: Intercept = (commands, run) => {
    const shown = image;
    const isPlainRead = commands.every(([name]) => String(name).toUpperCase() === "MGET");
    if (shown === undefined || !isPlainRead) return run();
    const valueOf = (name: unknown) => shown.get(String(name)) ?? null;
    return Promise.resolve(commands.map(([, ...names]) => names.map(valueOf)));
  };
  return {
    intercept,
    /** Falls behind from now on, or with undefined is as the primary again. */
    show(next: Image | undefined): void {
      image = next;
    },
  };
}
