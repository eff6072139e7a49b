import type { CloudOptions } from "@algoitny/local/cloud";

type Intercept = NonNullable<CloudOptions["intercept"]>;

/** An unused key, because DEL needs at least one. */
const NOTHING = "storm:nothing";

/** Drops the invalidations of some tags on their way to Redis, whatever sends them, while `planted` is true. */
export function createPlant(dropped: RegExp) {
  const plant = { planted: false, intercept: undefined as unknown as Intercept };
  plant.intercept = (commands, run) =>
    plant.planted ? run(commands.map((command) => withoutRule(command, dropped))) : run();
  return plant;
}

function withoutRule([name = "", ...names]: Parameters<Intercept>[0][number], dropped: RegExp) {
  if (String(name).toUpperCase() !== "DEL") return [name, ...names];
  const kept = names.filter((key) => !dropped.test(String(key)));
  return ["DEL", ...(kept.length > 0 ? kept : [NOTHING])];
}
