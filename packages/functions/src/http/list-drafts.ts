import { problemDrafts } from "@algoitny/core/problem/problem.resources";
import { cached } from "../endpoint/answer.ts";
import { endpoint } from "../http-runtime.ts";

export const handler = endpoint("GET /api/problems/drafts/", {}, async (_, { read }) =>
  cached(await read(problemDrafts, undefined), "no such list"),
);
