import { createClient, createDatabase } from "@algoitny/core/table/database";
import { partitionsUpTo } from "@algoitny/core/table/keys";
import { createTables } from "@algoitny/core/tables";
import type { Cloud } from "@algoitny/local/cloud";
import type { Desk } from "./desk.ts";
import { type Mix, mixes } from "./mixes.ts";
import type { Journal } from "./journal.ts";
import { addKnown, createState, type Person } from "./state.ts";
import { createApi } from "./storm-api.ts";

export interface DeskOptions {
  /** Names of the writers. */
  writers: readonly string[];
  /** API processes of the cloud. */
  processes: number;
  journal: Journal;
  random: () => number;
  /** Default: all of them. */
  mix?: Mix;
  /** True while a write may be answered with 503. Default: never. */
  mayRefuse?: () => boolean;
}

/** Opens a desk for each writer, over a cloud that has problems but no test cases, no executions and no other writers yet. */
export async function openDesks(
  cloud: Cloud,
  {
    writers,
    processes,
    journal,
    random,
    mix = mixes.everything,
    mayRefuse = () => false,
  }: DeskOptions,
): Promise<Desk[]> {
  const { endpoint, table: tableName } = cloud.dynamodb;
  const db = createDatabase({ tableName, client: createClient(endpoint) });
  const person = async (name: string, claims = {}): Promise<Person> => {
    const who = { sub: `storm-${name}`, email: `${name}@example.com` };
    const token = await cloud.issueToken({ ...who, preferred_username: name, ...claims });
    return { name, ...who, token };
  };
  const admin = await person("admin", { is_admin: true });
  const others = await Promise.all(writers.map((name) => person(name)));
  const state = createState(others);
  const { problems } = createTables(db);
  const bodies = await problems.listBodies();
  for (const partition of partitionsUpTo(await problems.lastId()).toReversed())
    for (const head of (await problems.listPartition(partition)).toReversed())
      addKnown(state, head, bodies.get(head.id));
  let lastText = 0;
  const shared = {
    state,
    api: createApi(cloud.url, processes, journal),
    journal,
    db,
    admin,
    others,
    random,
    drained: () => cloud.streams.drained(),
    mayRefuse,
    mix,
    taken: new Set<number>(),
    text: (word: string) => `${word}-${(lastText += 1)}`,
  };
  return others.map((writer) => ({ ...shared, person: writer }));
}
