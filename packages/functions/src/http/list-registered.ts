import { problemRegistered } from "@algoitny/core/problem/problem.resources";
import { cached } from "../endpoint/answer.ts";
import { endpoint } from "../http-runtime.ts";

export const handler = endpoint("GET /api/problems/registered/", {}, async (_, { read }) =>
  cached(await read(problemRegistered, undefined), "no such list"),
);
