import { expect, test } from "vitest";
import { fileOf, type Graph, ofType } from "./support/graph.ts";
import { graphOf } from "./support/graphs.ts";

const SEARCHING = ["http/graphql", "http/list-problems"];

const linkedIn = (graph: Graph) =>
  graph.functions
    .filter(({ links }) => links["Search"] !== undefined)
    .map(({ handler }) => fileOf(handler))
    .toSorted();

/** Roles whose policies name the search engine's actions. */
const allowedIn = (graph: Graph) =>
  ofType(graph, "aws:iam/role:Role").filter(({ inputs }) =>
    JSON.stringify(inputs["inlinePolicies"] ?? []).includes("es:ESHttpPost"),
  );

test("functions that search problems are linked to a deployment's search engine, and may query it", () => {
  const graph = graphOf("personal");
  expect(linkedIn(graph)).toEqual(SEARCHING);
  expect(allowedIn(graph)).toHaveLength(SEARCHING.length);
  const [role] = allowedIn(graph);
  expect(JSON.stringify(role?.inputs)).toContain(
    "arn:aws:es:us-east-1:123456789012:domain/problems/*",
  );
});

test("without one, no function is linked to any", () => {
  const graph = graphOf("production");
  expect(linkedIn(graph)).toEqual([]);
  expect(allowedIn(graph)).toEqual([]);
});
