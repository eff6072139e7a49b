import { readFileSync } from "node:fs";
import * as historyResources from "@algoitny/core/history/history.resources";
import * as problemResources from "@algoitny/core/problem/problem.resources";
import * as testCaseResources from "@algoitny/core/test-case/test-case.resources";
import * as userResources from "@algoitny/core/user/user.resources";
import { viewsOfRoutes } from "@algoitny/functions/advice/views-of-routes";
import { routes } from "@algoitny/functions/deployment/routes";
import { expect, test } from "vitest";

const HANDLERS = new URL("../../../packages/functions/src/http/", import.meta.url);
const resources: Record<string, unknown> = {
  ...historyResources,
  ...problemResources,
  ...testCaseResources,
  ...userResources,
};

test("each route whose handler reads a view has that view", () => {
  const read = Object.entries(routes).flatMap(([route, { file }]) => {
    const source = readFileSync(new URL(`${file}.ts`, HANDLERS), "utf8");
    const [, constant] = /\b(?:read\(|adminList\("[^"]+", )(\w+)/.exec(source) ?? [];
    return constant === undefined ? [] : [[route, Object(resources[constant]).name]];
  });
  expect(viewsOfRoutes).toEqual(Object.fromEntries(read));
});
