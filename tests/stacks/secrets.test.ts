import { describe, expect, test } from "vitest";
import { type Graph, type Inputs, ofType, theOne } from "./support/graph.ts";
import { graphOf } from "./support/graphs.ts";
import { SECRETS } from "./support/stages.ts";

/** What the mocks of Upstash answer as a new database's token. */
const NEW_TOKEN = "UPSTASH-REST-TOKEN";

describe.each(["production", "personal"] as const)("%s", (stage) => {
  const graph = graphOf(stage);

  test("has no secret in any resource of AWS, environments included", () => {
    const text = JSON.stringify(graph.resources.filter(({ type }) => type.startsWith("aws:")));
    for (const secret of [NEW_TOKEN, ...Object.values(SECRETS)]) expect(text).not.toContain(secret);
  });

  test("gives functions the names it knows alone, in plain environment", () => {
    for (const { inputs } of ofType(graph, "aws:lambda/function:Function")) {
      const { variables } = inputs["environment"] as { variables: Inputs };
      for (const name of Object.keys(variables)) {
        expect(name).toMatch(
          /^(SST_KEY|SST_KEY_FILE|SST_RESOURCE_App|POWERTOOLS_SERVICE_NAME|CACHE_[A-Z_]+_TTL)$/,
        );
      }
    }
  });
});

test("a database of the stage's own is linked by its address and token", () => {
  const production = graphOf("production");
  expect(redisLinks(production)).toEqual([
    expect.objectContaining({ url: "https://redis.example.upstash.io", token: NEW_TOKEN }),
  ]);
  expect(theOne(production, "upstash:index/redisDatabase:RedisDatabase").inputs).toMatchObject({
    databaseName: "algoitny-production",
    region: "global",
    primaryRegion: "eu-west-1",
    eviction: true,
    tls: true,
  });
});

test("an existing database is linked by the stage's two secrets, and none is made", () => {
  const personal = graphOf("personal");
  expect(redisLinks(personal)).toEqual([
    expect.objectContaining({ url: "https://redis.example.com", token: SECRETS.redisToken }),
  ]);
  expect(ofType(personal, "upstash:index/redisDatabase:RedisDatabase")).toEqual([]);
});

test("identity is linked as configured: issuer, audience, keys, admins", () => {
  const linked = graphOf("production").functions.find(({ id }) => id === "GetProblem")?.links[
    "Auth"
  ];
  expect(linked).toMatchObject({
    issuer: "https://issuer.example.com/",
    audience: "algoitny",
    jwksUri: "https://issuer.example.com/.well-known/jwks.json",
    adminEmails: ["admin@example.com", "second@example.com"],
    adminClaim: "admin",
  });
});

test("lifetimes that a deployment overrides reach every function", () => {
  for (const { inputs } of ofType(graphOf("production"), "aws:lambda/function:Function")) {
    const { variables } = inputs["environment"] as { variables: Inputs };
    expect(variables).toMatchObject({ CACHE_PROBLEM_LIST_TTL: "30" });
  }
});

function redisLinks(graph: Graph): Inputs[] {
  const all = graph.functions.map(({ links }) => JSON.stringify(links["Redis"] ?? null));
  const distinct = [...new Set(all)].map((link) => JSON.parse(link) as Inputs | null);
  return distinct.filter((link) => link !== null);
}
