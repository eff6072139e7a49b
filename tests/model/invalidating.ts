import { CacheError } from "@algoitny/cache";
import type { InvalidationRecord, Scope } from "./call-history.ts";
import { resourceOf, tags } from "./model-resources.ts";
import type { Operation } from "./scenario.ts";
import type { Instance, World } from "./world.ts";

type Invalidating = Extract<
  Operation,
  { do: "invalidate" | "expire" | "delete" | "pattern" | "clear" }
>;

/** Maximum number of attempts at a failing invalidation, as a stream consumer makes them. */
const TRIES = 3;

/** Invalidates; records the newest versions at its beginning, and the time of its return. */
export async function invalidate(
  world: World,
  instance: Instance,
  operation: Invalidating,
): Promise<void> {
  const { history, database, log } = world;
  for (let tries = 0; tries < TRIES; tries += 1) {
    const record: InvalidationRecord = {
      scope: scopeOf(operation),
      name: nameOf(operation),
      soft: operation.do === "expire",
      isAnnounced: false,
      instance,
      start: history.moment(),
      rows: database.versions(),
      returned: undefined,
      failed: undefined,
    };
    history.invalidations.push(record);
    log?.(instance.name, () => `${record.name} begins`);
    try {
      await apply(instance, operation);
      record.returned = history.moment();
      log?.(instance.name, () => `${record.name} has returned`);
      return;
    } catch (error) {
      record.failed = history.moment();
      log?.(instance.name, () => `${record.name} failed: ${String(error)}`);
      if (!(error instanceof CacheError) || error.code !== "invalidation_failed") throw error;
      if (!record.soft && isRefused(error) && !mayBeDown(world)) {
        const text = `${instance.name}'s ${record.name} failed although the store is at most full`;
        history.complain({ promise: "a full store takes invalidations", text });
      }
    }
  }
}

async function apply({ cache, program }: Instance, operation: Invalidating): Promise<void> {
  switch (operation.do) {
    case "delete":
      // All are requested, even after a failure: an invalidation that was not attempted is not pending.
      return settled(
        operation.keys.map((key) =>
          cache.invalidate(resourceOf(operation.resource, program), { key }),
        ),
      );
    case "pattern":
      await cache.invalidatePattern(operation.pattern);
      return;
    case "clear":
      return cache.clear();
    default:
      return cache[operation.do](tagsOf(operation));
  }
}

async function settled(work: readonly Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(work)).find(({ status }) => status === "rejected");
  if (failed?.status === "rejected") throw failed.reason;
}

/** True when the store refused the request; otherwise it may have been too slow. */
function isRefused({ cause }: CacheError): boolean {
  return String(cause).includes("connection refused");
}

/** True when the store at times refuses all requests, not only those that need memory. */
function mayBeDown({ scenario }: World): boolean {
  const operations = scenario.actors.flatMap((actor) => actor.operations);
  return scenario.storeTrouble > 0 || operations.some((each) => each.do === "store down");
}

function scopeOf(operation: Invalidating): Scope {
  switch (operation.do) {
    case "delete":
      return { by: "keys", keys: keysOf(operation) };
    case "pattern":
      return { by: "pattern", pattern: operation.pattern };
    case "clear":
      return { by: "all" };
    default:
      return { by: "tags", tags: tagsOf(operation) };
  }
}

function nameOf(operation: Invalidating): string {
  switch (operation.do) {
    case "delete":
      return `delete ${keysOf(operation).join(", ")}`;
    case "pattern":
      return `invalidatePattern ${operation.pattern}`;
    case "clear":
      return "clear";
    default:
      return `${operation.do} ${tagsOf(operation).join(", ")}`;
  }
}

function keysOf({ resource, keys }: Extract<Invalidating, { do: "delete" }>) {
  return keys.map((key) => `${resource}:${key}`);
}

function tagsOf({ rows }: Extract<Invalidating, { do: "invalidate" | "expire" }>) {
  return rows.map((row) => tags.row(row));
}
