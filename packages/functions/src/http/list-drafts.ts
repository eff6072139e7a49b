import { problemDrafts } from "@algoitny/core/problem/problem.resources";
import { listOfAdmins } from "../endpoint/admin-list.ts";

export const handler = listOfAdmins("GET /api/problems/drafts/", problemDrafts);
