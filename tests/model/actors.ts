import { befall } from "./accidents.ts";
import { change } from "./changing.ts";
import { invalidate } from "./invalidating.ts";
import { read } from "./reading.ts";
import type { Actor, Operation } from "./scenario.ts";
import type { Instance, World } from "./world.ts";

/** Performs an actor's operations one after the other; each waits for its turn. */
export async function perform(world: World, actor: Actor): Promise<void> {
  const instance = actor.instance === null ? undefined : world.instances[actor.instance];
  for (const operation of actor.operations) {
    await world.scheduler.turn(instance?.name ?? "world");
    if (instance) await performAt(world, instance, operation);
    else await befall(world, operation);
  }
}

async function performAt(world: World, instance: Instance, operation: Operation): Promise<void> {
  switch (operation.do) {
    case "read":
    case "get":
    case "getMany":
    case "refresh":
    case "force":
    case "refreshMany":
      return read(world, instance, operation);
    case "work": {
      const task = world.queue.shift();
      return task && read(world, instance, { do: "refresh", ...task });
    }
    case "invalidate":
    case "expire":
    case "delete":
    case "pattern":
    case "clear":
      return invalidate(world, instance, operation);
    case "change":
    case "set":
      return change(world, instance, operation);
    default:
      return befall(world, operation);
  }
}
