import { describe, expect, test } from "vitest";
import { type Graph, type Inputs, ofType, theOne } from "./support/graph.ts";
import { graphOf } from "./support/graphs.ts";
import { SECRETS, type StageName } from "./support/stages.ts";

/** Token of a new database in the mocks of Upstash. */
const NEW_TOKEN = "UPSTASH-REST-TOKEN";

describe.each(["production", "personal"] as const)("%s", (stage) => {
  const graph = graphOf(stage);

  test("has no secret in any resource of AWS, environments included", () => {
    const text = JSON.stringify(graph.resources.filter(({ type }) => type.startsWith("aws:")));
    for (const secret of [NEW_TOKEN, ...Object.values(SECRETS)]) expect(text).not.toContain(secret);
  });

  test("passes functions only the listed names as plain environment variables", () => {
    for (const { inputs } of ofType(graph, "aws:lambda/function:Function")) {
      const { variables } = inputs["environment"] as { variables: Inputs };
      for (const name of Object.keys(variables)) {
        expect(name).toMatch(
          /^(SST_KEY|SST_KEY_FILE|SST_RESOURCE_App|POWERTOOLS_SERVICE_NAME|CACHE_[A-Z_]+_TTL|CACHE_STORE_TIMEOUT_MS|CACHE_VERIFY_PER_MINUTE|CACHE_RECORDED_VIEWS)$/,
        );
      }
    }
  });
});

test("a database that the stage creates is linked by its address and token", () => {
  const production = graphOf("production");
  expect(redisLinks(production)).toEqual([
    expect.objectContaining({ url: "https://redis.example.upstash.io", token: NEW_TOKEN }),
  ]);
  expect(theOne(production, "upstash:index/redisDatabase:RedisDatabase").inputs).toMatchObject({
    databaseName: "algoitny-production",
    region: "global",
    primaryRegion: "eu-west-1",
    readRegions: ["us-east-1", "eu-central-1"],
    budget: 20,
    prodPack: true,
    eviction: true,
    tls: true,
  });
});

test("an existing database is linked by the stage's two secrets, and none is created", () => {
  const personal = graphOf("personal");
  expect(redisLinks(personal)).toEqual([
    expect.objectContaining({ url: "https://redis.example.com", token: SECRETS.redisToken }),
  ]);
  expect(ofType(personal, "upstash:index/redisDatabase:RedisDatabase")).toEqual([]);
});

describe("the issuer is linked", () => {
  const linked = (stage: StageName) =>
    graphOf(stage).functions.find(({ id }) => id === "GetProblem")?.links["Auth"];

  test("as configured: issuer, audience, keys, admins", () => {
    expect(linked("production")).toMatchObject({
      issuer: "https://issuer.example.com/",
      audience: "algoitny",
      jwksUri: "https://keys.example.com/jwks.json",
      adminEmails: ["admin@example.com", "second@example.com"],
      adminClaim: "roles",
    });
  });

  test("as the stage's own user pool defines it, when no issuer is configured", () => {
    const graph = graphOf("personal");
    const pool = theOne(graph, "aws:cognito/userPool:UserPool").inputs["name"];
    const issuer = `https://cognito-idp.us-east-1.amazonaws.com/${String(pool)}_id`;
    expect(linked("personal")).toMatchObject({
      issuer,
      audience: "Web_id",
      jwksUri: `${issuer}/.well-known/jwks.json`,
      adminEmails: [],
      adminClaim: "cognito:groups",
    });
    const authorizer = theOne(graph, "aws:apigatewayv2/authorizer:Authorizer").inputs;
    expect(authorizer["jwtConfiguration"]).toEqual({ issuer, audiences: ["Web_id"] });
    const groups = ofType(graph, "aws:cognito/userGroup:UserGroup");
    expect(groups.map(({ inputs }) => inputs["name"])).toEqual(["admin", "viewer"]);
    expect(theOne(graph, "aws:cognito/userPoolClient:UserPoolClient").inputs).toMatchObject({
      explicitAuthFlows: ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
    });
  });
});

test("lifetimes set for a deployment reach every function", () => {
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
