import { defineResource, encodeSegment } from "@algoitny/cache";
import type { Source } from "../source.ts";
import { tags } from "../tags.ts";
import { STALE, STALE_IF_ERROR, TTL } from "../ttl.ts";
import { toUserStats } from "./user.ts";

/** `GET /account/stats/`; `sub` is the verified subject. */
export const userStats = defineResource({
  name: "user_stats",
  key: ({ sub }: { sub: string }) => encodeSegment(sub),
  tags: ({ sub }) => [tags.user_stats(sub)],
  fresh: TTL.USER_STATS,
  stale: STALE,
  staleIfError: STALE_IF_ERROR,
  load: async ({ sub }, source: Source) => {
    const { users } = await source.tables();
    return toUserStats(await users.getStats(sub));
  },
  loadMany: async (all, source) => {
    const { users } = await source.tables();
    const items = await users.getManyStats(all.map(({ sub }) => sub));
    return items.map(toUserStats);
  },
});
