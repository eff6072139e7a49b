import type { CloudOptions } from "@algoitny/local/cloud";

type Intercept = NonNullable<CloudOptions["intercept"]>;

/** Values by name, all from one moment. */
export type Image = ReadonlyMap<string, Buffer | null>;

/** Answers plain reads from an old image of Redis, if one is set, as a lagging replica does; scripts go to the primary. */
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
    /** Sets the image to answer from; undefined: the replica has caught up. */
    show(next: Image | undefined): void {
      image = next;
    },
  };
}
