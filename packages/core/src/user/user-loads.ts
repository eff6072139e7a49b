import type { Source } from "../source.ts";
import { toUserStats } from "./user.ts";

/** Loads of users' statistics: a separate module, because hits do not need it. */

interface Params {
  readonly sub: string;
}

export async function loadStats({ sub }: Params, source: Source) {
  const { users } = await source.tables();
  return toUserStats(await users.getStats(sub));
}

export async function loadManyStats(all: readonly Params[], source: Source) {
  const { users } = await source.tables();
  const items = await users.getManyStats(all.map(({ sub }) => sub));
  return items.map((item) => (item instanceof Error ? item : toUserStats(item)));
}
