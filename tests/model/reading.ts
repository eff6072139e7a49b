import type { Answer, ReadRecord } from "./call-history.ts";
import { judgeRead } from "./promises.ts";
import { resourceOf } from "./model-resources.ts";
import type { Reader, Value } from "./values.ts";
import { refreshDue } from "../support/refresh-due.ts";
import type { Operation } from "./scenario.ts";
import type { Instance, World } from "./world.ts";

type Reading = Extract<
  Operation,
  { do: "read" | "get" | "force" | "getMany" | "refresh" | "refreshMany" }
>;

/** Reads or refreshes, and judges each answer. */
export async function read(world: World, instance: Instance, operation: Reading): Promise<void> {
  const { history, log } = world;
  const keys = "keys" in operation ? operation.keys : [operation.key];
  const name = `${operation.do} ${operation.resource}:${keys.join(",")}`;
  log?.(instance.name, () => `${name} begins`);
  const records = begin(world, instance, operation, keys);
  const [first] = records as [ReadRecord];
  const answers = await ask({ world, instance, read: first }, operation);
  const end = history.moment();
  for (const [index, record] of records.entries()) {
    record.end = end;
    const answer = answers[index];
    if (answer === undefined) continue;
    const what = `${operation.do} ${record.resource}:${record.key}`;
    log?.(instance.name, () => `${what} gives ${describe(answer)}`);
    const complaint = judgeRead(world, record, answer);
    if (complaint) history.complain(complaint);
  }
}

function begin(
  { history }: World,
  instance: Instance,
  operation: Reading,
  keys: readonly string[],
): ReadRecord[] {
  const { resource } = operation;
  const budgetMs = "budgetMs" in operation ? operation.budgetMs : undefined;
  const refreshes = ["refresh", "force", "refreshMany"].includes(operation.do);
  const start = history.moment();
  return keys.map((key) => {
    const id = history.reads.length;
    const record: ReadRecord = {
      id,
      resource,
      key,
      instance,
      start,
      budgetMs,
      refreshes,
      end: undefined,
    };
    history.reads.push(record);
    return record;
  });
}

/** One answer for each key; none for a refresh that succeeded. */
async function ask(source: Reader, operation: Reading): Promise<(Answer | undefined)[]> {
  const { cache, program } = source.instance;
  const resource = resourceOf(operation.resource, program);
  const request = requestOf(source, operation);
  try {
    if (operation.do === "read") {
      const reading = await cache.getEntry(resource, { key: operation.key }, request);
      const { status, detail, entry } = reading;
      const load = Number(entry.header.headers["load"]);
      return [{ ok: true, value: await reading.value(), load, label: { status, detail } }];
    }
    if (operation.do === "get")
      return [unlabelled(await cache.get(resource, { key: operation.key }, request))];
    if ("key" in operation) {
      const params = { key: operation.key };
      if (operation.do === "force") await cache.refresh(resource, params, request);
      else await refreshDue(cache, resource, params, request);
      return [];
    }
    const params = operation.keys.map((key) => ({ key }));
    if (operation.do === "getMany")
      return (await cache.getMany(resource, params, request)).map(unlabelled);
    const results = await cache.warm(resource, params, request);
    return results.map((result) => (result instanceof Error ? unlabelled(result) : undefined));
  } catch (error) {
    return [{ ok: false, error }];
  }
}

function requestOf(source: Reader, operation: Reading) {
  const budgetMs = "budgetMs" in operation ? operation.budgetMs : undefined;
  if (budgetMs === undefined) return { source };
  const { now } = source.world.scheduler;
  const endMs = now() + budgetMs;
  return { source, remainingMs: () => endMs - now() };
}

function unlabelled(value: Value | undefined | Error): Answer {
  if (value instanceof Error) return { ok: false, error: value };
  return { ok: true, value, load: value?.load, label: undefined };
}

function describe(answer: Answer): string {
  if (!answer.ok) return String(answer.error);
  const { label, value, load } = answer;
  const what = value ? JSON.stringify(value.rows) : "not found";
  return [what, load !== undefined && `of load ${load}`, label?.status, label?.detail]
    .filter(Boolean)
    .join(", ");
}
