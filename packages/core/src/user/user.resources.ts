import * as z from "zod";
import { tags } from "../tags.ts";
import { defineView } from "../view.ts";
import { toUserStats } from "./user.ts";

/** `GET /account/stats/`; `sub` is the verified subject. */
export const userStats = defineView({
  name: "user_stats",
  params: z.strictObject({ sub: z.string().min(1) }),
  key: ({ sub }) => sub,
  tags: ({ sub }) => [tags.user_stats(sub)],
  shows: ["user_stats"],
  ttl: "USER_STATS",
  load: async ({ sub }, source) => {
    const { users } = await source.tables();
    return toUserStats(await users.getStats(sub));
  },
  loadMany: async (all, source) => {
    const { users } = await source.tables();
    const items = await users.getManyStats(all.map(({ sub }) => sub));
    return items.map((item) => (item instanceof Error ? item : toUserStats(item)));
  },
});

export const userViews = [userStats] as const;
