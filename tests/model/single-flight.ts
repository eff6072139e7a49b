import type { Complaint } from "./complaint.ts";
import type { LoadRecord } from "./call-history.ts";
import type { World } from "./world.ts";

/**
 * The fault of a load that begins: another load of the same key is running under a valid lease, or the load has no
 * lease although its reader could have got one.
 */
export function judgeLoad(world: World, begun: LoadRecord): Complaint | undefined {
  const text = faultOfLoad(world, begun);
  return text === undefined ? undefined : { promise: "one load for all", text };
}

function faultOfLoad(world: World, begun: LoadRecord): string | undefined {
  const name = `${begun.resource}:${begun.key}`;
  if (begun.grant === undefined) {
    return isCalm(world)
      ? `${begun.instance.name} loads ${name} without a lease, although the store works and there are no invalidations`
      : undefined;
  }
  // The instance may have lost its lease before it received the grant: then the rival's lease counts.
  if (!holdsLease(world, begun)) return undefined;
  const rival = world.history.loads.find(
    (load) => load !== begun && isSameKey(load, begun) && holdsLease(world, load),
  );
  return (
    rival &&
    `${begun.instance.name} loads ${name} while ${rival.instance.name}'s load ${rival.id} is under way`
  );
}

function isSameKey(one: LoadRecord, other: LoadRecord): boolean {
  return one.key === other.key && one.resource === other.resource;
}

/** True when a load is running under a lease that has neither ended nor been removed. */
function holdsLease({ scheduler }: World, { outcome, grant, instance }: LoadRecord): boolean {
  if (outcome !== "running" || grant === undefined) return false;
  return !grant.voided && grant.untilMs > scheduler.now() && !instance.wasStopped;
}

const HARMLESS = new Set(["read", "get", "getMany", "refresh", "refreshMany", "work", "wait"]);

/** True when the scenario only reads, with loads and a store that answer at once. */
function isCalm({ scenario }: World): boolean {
  const { prologue, actors, storeTrouble, loadTrouble, hurrying, lagMs } = scenario;
  if (storeTrouble + loadTrouble + hurrying + lagMs > 0) return false;
  const operations = [...prologue, ...actors].flatMap((actor) => actor.operations);
  return operations.every((each) => HARMLESS.has(each.do) && !("budgetMs" in each));
}
