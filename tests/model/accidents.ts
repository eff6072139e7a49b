import { voidGrants } from "./cache-instance.ts";
import type { Operation } from "./scenario.ts";
import type { Instance, World } from "./world.ts";

/** Applies an operation to the world: writes, time and faults. */
export async function befall(world: World, operation: Operation): Promise<void> {
  const { scheduler, database, store, history, log } = world;
  log?.("world", () => Object.values(operation).join(" "));
  switch (operation.do) {
    case "write":
      database.write(operation.row, operation.exists);
      return;
    case "wait":
      return scheduler.sleep("world", operation.ms);
    case "evict":
      return evict(world, operation.kind);
    case "restart":
      for (const grant of history.grants) grant.voided = true;
      world.restarts += 1;
      return store.restart();
    case "store down":
    case "store up":
      world.storeIsDown = operation.do === "store down";
      return;
    case "store full":
    case "store roomy":
      world.storeIsFull = operation.do === "store full";
      return;
    case "stop":
      instanceOf(world, operation).wasStopped = true;
      return scheduler.stop(instanceOf(world, operation).name);
    case "resume":
      return scheduler.resume(instanceOf(world, operation).name);
    case "jump":
      instanceOf(world, operation).offsetMs += operation.ms;
      return;
    default:
      throw new Error(`${operation.do} is done by an instance`);
  }
}

function instanceOf({ instances }: World, { instance }: { instance: number }): Instance {
  return instances[instance] as Instance;
}

const MARKS = {
  entry: /^m:1:(?!tag:|lease:|hold:|seq$)/,
  stamp: /^m:1:tag:/,
  "row stamp": /^m:1:tag:row:/,
  lease: /^m:1:lease:/,
  sequence: /^m:1:seq$/,
};

async function evict(world: World, kind: keyof typeof MARKS): Promise<void> {
  const names = (await world.store.keys()).filter((name) => MARKS[kind].test(name));
  const name = names[world.choices.pick(names.length)];
  if (name === undefined) return;
  world.log?.("world", () => `${name} is evicted`);
  voidGrants(world, [name]);
  await world.store.evict([name]);
}
