import { EDGE_RULES } from "@algoitny/functions/deployment/edge";
import { expect, test } from "vitest";
import { fileOf, type Inputs, ofType, theOne } from "./support/graph.ts";
import { graphOf } from "./support/graphs.ts";
import { EDGE_SECRET } from "./support/stages.ts";

const graph = graphOf("personal");

const DISTRIBUTION = "aws:cloudfront/distribution:Distribution";
const FIREWALL = "aws:wafv2/webAcl:WebAcl";

test("the edge has the API's domain, caches nothing, and forwards everything except the host", () => {
  const { inputs } = theOne(graph, DISTRIBUTION);
  expect(inputs["aliases"]).toEqual(["edge.example.com"]);
  expect(inputs["webAclId"]).toBe(`arn:aws:wafv2:us-east-1:123456789012:EdgeFirewall`);
  expect(inputs["defaultCacheBehavior"]).toMatchObject({
    viewerProtocolPolicy: "redirect-to-https",
    cachePolicyId: "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
    originRequestPolicyId: "b689b0a8-53d0-40ab-baf2-68738e2966ac",
    allowedMethods: expect.arrayContaining(["OPTIONS", "PATCH", "POST", "PUT", "DELETE"]),
  });
  expect(inputs["origins"]).toEqual([
    expect.objectContaining({
      domainName: "api.example",
      customHeaders: [{ name: "x-origin-secret", value: EDGE_SECRET }],
      customOriginConfig: expect.objectContaining({ originProtocolPolicy: "https-only" }),
    }),
  ]);
});

test("the edge's firewall is in CloudFront's region, and counts the requests of each address by `EDGE_RULES`", () => {
  const { inputs } = theOne(graph, FIREWALL);
  expect(inputs).toMatchObject({ region: "us-east-1", scope: "CLOUDFRONT" });
  const rules = inputs["rules"] as (Inputs & { statement: { rateBasedStatement: Inputs } })[];
  expect(
    rules.map(({ name, action, statement: { rateBasedStatement: rate } }) => ({
      name,
      action,
      limit: rate["limit"],
      by: rate["aggregateKeyType"],
      seconds: rate["evaluationWindowSec"],
    })),
  ).toEqual(
    EDGE_RULES.map(({ name, limit }) => ({
      name,
      action: { count: {} },
      limit,
      by: "IP",
      seconds: 300,
    })),
  );
  const scopes = rules.map(({ statement }) => JSON.stringify(statement.rateBasedStatement));
  expect(scopes[0]).toContain('"searchString":"/api/ops/"');
  expect(scopes[1]).toContain('"singleQueryArgument":{"name":"search"}');
  // An empty search is a list.
  expect(scopes[1]).toContain('"comparisonOperator":"GT"');
  // Operators are counted only by their own rule.
  expect(scopes[2]).toContain('"notStatement"');
  expect(JSON.stringify(rules)).not.toContain('"sampledRequestsEnabled":true');
});

test("only functions that handle requests know the secret", () => {
  const secrets = (isHttp: boolean) =>
    graph.functions
      .filter(({ handler }) => fileOf(handler).startsWith("http/") === isHttp)
      .map(({ links }) => links["Edge"]?.["secret"]);
  expect(new Set(secrets(true))).toEqual(new Set([EDGE_SECRET]));
  expect(new Set(secrets(false))).toEqual(new Set([undefined]));
});

test("without a configured edge there is neither CloudFront nor a firewall", () => {
  for (const stage of ["production", "bare"] as const) {
    expect(ofType(graphOf(stage), DISTRIBUTION)).toEqual([]);
    expect(ofType(graphOf(stage), FIREWALL)).toEqual([]);
  }
});
