import { problemRegistered } from "@algoitny/core/problem/problem.resources";
import { listOfAdmins } from "../endpoint/admin-list.ts";

export const handler = listOfAdmins("GET /api/problems/registered/", problemRegistered);
