import { problemRegistered } from "@algoitny/core/problem/problem.resources";
import { adminList } from "../endpoint/admin-list.ts";

export const handler = adminList("GET /api/problems/registered/", problemRegistered);
