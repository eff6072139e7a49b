import * as z from "zod/mini";
import { tags } from "../tags.ts";
import { defineView } from "../view.ts";

/** Loaded by the first miss. */
const loads = () => import("./user-loads.ts");

/** `GET /account/stats/`; `sub` is the verified subject. */
export const userStats = defineView({
  name: "user_stats",
  params: z.strictObject({ sub: z.string().check(z.minLength(1)) }),
  key: ({ sub }) => sub,
  tags: ({ sub }) => [tags.user_stats(sub)],
  shows: ["user_stats"],
  ttl: "USER_STATS",
  load: async (params, source) => (await loads()).loadStats(params, source),
  loadMany: async (all, source) => (await loads()).loadManyStats(all, source),
});

export const userViews = [userStats] as const;
