import { readdirSync, readFileSync } from "node:fs";
import { type Queue, queues } from "@algoitny/functions/deployment/queues";
import { DEFAULT_ROUTE, pageRoutes, routes } from "@algoitny/functions/deployment/routes";
import { schedules } from "@algoitny/functions/deployment/schedules";
import { subscriptions } from "@algoitny/functions/deployment/subscriptions";
import { describe, expect, test } from "vitest";

const source = new URL("../../../packages/functions/src/", import.meta.url);
const filesIn = (folder: string) =>
  readdirSync(new URL(folder, source)).map((name) => name.replace(/\.ts$/, ""));

/** Routes that share the function of another route. */
const SHARING = new Set<string>([
  "GET /api/graphql/",
  "POST /api/ops/experiments/",
  "POST /api/ops/experiments/{view}/stop/",
]);

describe("routes and handlers", () => {
  test("match one to one, except GraphQL's two methods and the three of experiments: every route has its file and every file its route", () => {
    const others = Object.entries(routes).filter(([route]) => !SHARING.has(route));
    const own = [...others.map(([, { file }]) => file), DEFAULT_ROUTE];
    expect(new Set(own).size).toBe(own.length);
    const ofPage = new Set<string>(Object.values(pageRoutes).map(({ file }) => file));
    const routed = [...own, ...ofPage];
    expect(filesIn("http/").toSorted()).toEqual(routed.toSorted());
  });

  test.each(Object.entries({ ...routes, ...pageRoutes }))(
    "%s is the route that its handler declares",
    (route, { file }) => {
      expect(readFileSync(new URL(`http/${file}.ts`, source), "utf8")).toContain(`"${route}"`);
    },
  );

  test("are short: a handler has at most 40 lines", () => {
    const lengths = filesIn("http/").map(
      (name) => readFileSync(new URL(`http/${name}.ts`, source), "utf8").split("\n").length,
    );
    expect(Math.max(...lengths)).toBeLessThanOrEqual(41);
  });
});

test("every schedule, subscription and consumer of a queue has its file, and every such file its entry", () => {
  const consumers = Object.values<Queue>(queues).flatMap(({ consumer }) => consumer ?? []);
  const named = [...Object.values(schedules), ...Object.values(subscriptions), ...consumers].map(
    ({ file }) => file,
  );
  const there = ["stream", "schedule", "queue"].flatMap((folder) =>
    filesIn(`${folder}/`).map((name) => `${folder}/${name}`),
  );
  expect(there.toSorted()).toEqual(named.toSorted());
});
