import { userStats } from "@algoitny/core/user/user.resources";
import { cached } from "../endpoint/answer.ts";
import { endpoint } from "../http-runtime.ts";

export const handler = endpoint("GET /api/account/stats/", {}, async (_, { caller, read }) =>
  cached(await read(userStats, { sub: caller.sub }), "no statistics"),
);
