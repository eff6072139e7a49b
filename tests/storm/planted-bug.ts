import type { CloudOptions } from "@algoitny/local/cloud";

type Intercept = NonNullable<CloudOptions["intercept"]>;

/** The rule that is dropped: changes of a problem no longer reach its details. */
const DROPPED = /:tag:problem:\d+$/;

/** A name that nothing uses: DEL wants one. */
const NOTHING = "storm:nothing";

/** Drops one rule of invalidation on its way to Redis, wherever it comes from, while `planted` is true. */
export function createPlant() {
  const plant = { planted: false, intercept: undefined as unknown as Intercept };
  plant.intercept = (commands, run) =>
    plant.planted ? run(commands.map((command) => withoutRule(command))) : run();
  return plant;
}

function withoutRule([name = "", ...names]: Parameters<Intercept>[0][number]) {
  if (String(name).toUpperCase() !== "DEL") return [name, ...names];
  const kept = names.filter((key) => !DROPPED.test(String(key)));
  return ["DEL", ...(kept.length > 0 ? kept : [NOTHING])];
}
