import { CacheError } from "@algoitny/cache";
import type { Answer, InvalidationRecord, ReadRecord, Scope } from "./history.ts";
import { voidGrants } from "./instance.ts";
import { judgeRead } from "./promises.ts";
import { resourceOf, tags, type Value } from "./resources.ts";
import type { Actor, Operation } from "./scenario.ts";
import type { Instance, World } from "./world.ts";

/** How often an invalidation that failed is repeated, as a stream's consumer does. */
const INVALIDATION_TRIES = 3;

/** Does an actor's operations one after the other, each in a step of its own. */
export async function perform(world: World, actor: Actor): Promise<void> {
  const instance = actor.instance === null ? null : world.instances[actor.instance];
  for (const operation of actor.operations) {
    await world.scheduler.turn(instance?.name ?? "world");
    if (instance) await performAt(world, instance, operation);
    else await performOutside(world, operation);
  }
}

async function performAt(world: World, instance: Instance, operation: Operation): Promise<void> {
  switch (operation.do) {
    case "read":
    case "get":
    case "getMany":
    case "refresh":
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
    default:
      return performOutside(world, operation);
  }
}

type Reading = Extract<Operation, { do: "read" | "get" | "getMany" | "refresh" }>;

async function read(world: World, instance: Instance, operation: Reading): Promise<void> {
  const { history, log } = world;
  const keys = operation.do === "getMany" ? operation.keys : [operation.key];
  const start = history.moment();
  const records = keys.map((key): ReadRecord => {
    const record: ReadRecord = {
      id: history.reads.length,
      resource: operation.resource,
      key,
      instance,
      start,
      budgetMs: "budgetMs" in operation ? operation.budgetMs : undefined,
      end: undefined,
    };
    history.reads.push(record);
    return record;
  });
  const name = () => `${operation.do} ${operation.resource}:${keys.join(",")}`;
  log?.(instance.name, () => `${name()} begins`);
  const answers = await answersOf(world, instance, operation);
  const end = history.moment();
  for (const [index, record] of records.entries()) {
    record.end = end;
    const answer = answers[index];
    log?.(
      instance.name,
      () => `${operation.do} ${record.resource}:${record.key} gives ${describe(answer)}`,
    );
    const complaint = answer && judgeRead(world, record, answer);
    if (complaint) history.complain(complaint);
  }
}

/** One answer for each key; none for a refresh that went well. */
async function answersOf(
  world: World,
  instance: Instance,
  operation: Reading,
): Promise<(Answer | undefined)[]> {
  const { cache } = instance;
  const resource = resourceOf(operation.resource, instance.program);
  const budgetMs = "budgetMs" in operation ? operation.budgetMs : undefined;
  const endMs = world.scheduler.now() + (budgetMs ?? 0);
  const request = {
    source: { world, instance },
    ...(budgetMs !== undefined && { remainingMs: () => endMs - world.scheduler.now() }),
  };
  try {
    switch (operation.do) {
      case "read": {
        const reading = await cache.read(resource, { key: operation.key }, request);
        const { status, detail, entry } = reading;
        const load = Number(entry.header.headers["load"]);
        return [{ ok: true, value: await reading.value(), load, label: { status, detail } }];
      }
      case "get":
        return [unlabelled(await cache.get(resource, { key: operation.key }, request))];
      case "getMany": {
        const params = operation.keys.map((key) => ({ key }));
        return (await cache.getMany(resource, params, request)).map(unlabelled);
      }
      case "refresh":
        await cache.refresh(resource, { key: operation.key }, request);
        return [undefined];
    }
  } catch (error) {
    return [{ ok: false, error }];
  }
}

function unlabelled(value: Value | undefined | Error): Answer {
  if (value instanceof Error) return { ok: false, error: value };
  return { ok: true, value, load: value?.load, label: undefined };
}

function describe(answer: Answer | undefined): string {
  if (answer === undefined) return "nothing";
  if (!answer.ok) return String(answer.error);
  const { label, value, load } = answer;
  const what = value ? JSON.stringify(value.rows) : "not found";
  return [what, load !== undefined && `of load ${load}`, label?.status, label?.detail]
    .filter(Boolean)
    .join(", ");
}

type Invalidating = Extract<
  Operation,
  { do: "invalidate" | "expire" | "delete" | "pattern" | "clear" }
>;

async function invalidate(
  world: World,
  instance: Instance,
  operation: Invalidating,
): Promise<void> {
  const { history, database, log } = world;
  const scope = scopeOf(operation);
  const name = `${operation.do} ${"tags" in scope ? scope.tags.join() : "keys" in scope ? scope.keys.join() : "pattern" in scope ? scope.pattern : ""}`;
  for (let tries = 0; tries < INVALIDATION_TRIES; tries += 1) {
    const record: InvalidationRecord = {
      scope,
      soft: operation.do === "expire",
      instance,
      start: history.moment(),
      rows: database.versions(),
      returned: undefined,
    };
    history.invalidations.push(record);
    log?.(instance.name, () => `${name} begins`);
    try {
      await apply(world, instance, operation);
      record.returned = history.moment();
      log?.(instance.name, () => `${name} has returned`);
      return;
    } catch (error) {
      log?.(instance.name, () => `${name} failed: ${String(error)}`);
      if (!(error instanceof CacheError)) throw error;
    }
  }
}

function apply(world: World, { cache }: Instance, operation: Invalidating): Promise<unknown> {
  switch (operation.do) {
    case "invalidate":
    case "expire":
      world.event = operation.event;
      return cache[operation.do](operation.rows.map((row) => tags.row(row)));
    case "delete":
      return cache.delete(...operation.keys.map((key) => `${operation.resource}:${key}`));
    case "pattern":
      return cache.invalidatePattern(operation.pattern);
    case "clear":
      return cache.clear();
  }
}

function scopeOf(operation: Invalidating): Scope {
  switch (operation.do) {
    case "invalidate":
    case "expire":
      return { by: "tags", tags: operation.rows.map((row) => tags.row(row)) };
    case "delete":
      return { by: "keys", keys: operation.keys.map((key) => `${operation.resource}:${key}`) };
    case "pattern":
      return { by: "pattern", pattern: operation.pattern };
    case "clear":
      return { by: "all" };
  }
}

async function performOutside(world: World, operation: Operation): Promise<void> {
  const { scheduler, database, store, instances, log } = world;
  log?.("world", () => JSON.stringify(operation));
  switch (operation.do) {
    case "write":
      database.write(operation.row, operation.exists);
      return;
    case "wait":
      return scheduler.sleep("world", operation.ms);
    case "evict":
      return evict(world, operation.kind);
    case "restart":
      for (const grant of world.history.grants) grant.voided = true;
      return store.restart();
    case "store down":
    case "store up":
      world.storeIsDown = operation.do === "store down";
      return;
    case "stop":
    case "resume": {
      const instance = instances[operation.instance];
      if (instance === undefined) return;
      if (operation.do === "resume") return scheduler.resume(instance.name);
      instance.wasStopped = true;
      return scheduler.stop(instance.name);
    }
    case "jump": {
      const instance = instances[operation.instance];
      if (instance) instance.offsetMs += operation.ms;
      return;
    }
    default:
      throw new Error(`${operation.do} needs an instance`);
  }
}

const MARKS = {
  entry: /^m:(?!tag:|lease:)/,
  stamp: /^m:tag:/,
  "row stamp": /^m:tag:row:/,
  lease: /^m:lease:/,
};

async function evict(world: World, kind: keyof typeof MARKS): Promise<void> {
  const names = (await world.store.keys()).filter((name) => MARKS[kind].test(name));
  const name = names[world.choices.pick(names.length)];
  if (name === undefined) return;
  world.log?.("world", () => `${name} is evicted`);
  voidGrants(world, [name]);
  await world.store.evict([name]);
}
