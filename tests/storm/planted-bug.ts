import type { CloudOptions } from "@algoitny/local/cloud";

type Intercept = NonNullable<CloudOptions["intercept"]>;

/** A name that nothing uses: DEL wants one. */
const NOTHING = "storm:nothing";

/** Drops the invalidation of some tags on its way to Redis, wherever it comes from, while `planted` is true. */
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
