import { cors } from "@algoitny/functions/deployment/cors";
import { deployedRoutes, pageRoutes, routes } from "@algoitny/functions/deployment/routes";
import { throttleOf } from "@algoitny/functions/deployment/throttle";
import { describe, expect, test } from "vitest";
import { ofType, theOne } from "./support/graph.ts";
import { graphOf } from "./support/graphs.ts";
import { deployed } from "./support/deployed-routes.ts";

const graph = graphOf("production");
const live = deployed(graph);
const byKey = new Map(live.map((route) => [route.key, route]));

describe("the deployed routes", () => {
  test("are those of the routes table and $default, each once", () => {
    const keys = [...deployedRoutes().map(({ key }) => key), "$default"];
    expect(live.map(({ key }) => key).toSorted()).toEqual(keys.toSorted());
    expect(live.length).toBeLessThanOrEqual(300);
  });

  test.each(deployedRoutes())("$key runs http/$file, auth: $auth", ({ key, file, auth }) => {
    expect(byKey.get(key)).toMatchObject({
      file: `http/${file}`,
      authorization: auth === "none" ? "NONE" : "JWT",
    });
  });

  test("answer unknown requests with the contract's 404, without an authorizer", () => {
    expect(byKey.get("$default")).toMatchObject({ file: "http/not-found", authorization: "NONE" });
  });

  test("answer preflights by a separate route, without an authorizer", () => {
    expect(byKey.get("OPTIONS /{proxy+}")).toMatchObject({
      file: "http/not-found",
      authorization: "NONE",
    });
  });

  test("use one function for each file of the table, both spellings and HEAD included", () => {
    const functions = new Set(live.map(({ functionArn }) => functionArn));
    const files = new Set(Object.values({ ...routes, ...pageRoutes }).map(({ file }) => file));
    expect(functions.size).toBe(files.size + 1);
  });

  test("share one integration and one permission for each function", () => {
    const functions = new Set(live.map(({ functionArn }) => functionArn)).size;
    expect(ofType(graph, "aws:apigatewayv2/integration:Integration")).toHaveLength(functions);
    expect(ofType(graph, "aws:lambda/permission:Permission")).toHaveLength(functions);
  });

  test("may each invoke their function", () => {
    const allowed = ofType(graph, "aws:lambda/permission:Permission").map(({ inputs }) => inputs);
    for (const { functionArn } of live) {
      expect(allowed).toContainEqual({
        action: "lambda:InvokeFunction",
        function: functionArn,
        principal: "apigateway.amazonaws.com",
        sourceArn: expect.stringMatching(/^arn:aws:execute-api:.*\/\*$/),
      });
    }
  });
});

describe("the authorizer", () => {
  test("is one, for the configured issuer and audience", () => {
    expect(theOne(graph, "aws:apigatewayv2/authorizer:Authorizer").inputs).toMatchObject({
      authorizerType: "JWT",
      identitySources: ["$request.header.Authorization"],
      jwtConfiguration: { issuer: "https://issuer.example.com/", audiences: ["algoitny"] },
    });
  });

  test("trusts the stage's own user pool when no issuer is configured", () => {
    const personal = graphOf("personal");
    const pool = theOne(personal, "aws:cognito/userPool:UserPool");
    const { inputs } = theOne(personal, "aws:apigatewayv2/authorizer:Authorizer");
    expect(inputs["jwtConfiguration"]).toEqual({
      issuer: `https://cognito-idp.us-east-1.amazonaws.com/${String(pool.inputs["name"])}_id`,
      audiences: ["Web_id"],
    });
  });
});

describe("signing in to the dashboard", () => {
  test("uses only the code flow, with redirects to the page and to the command line", () => {
    const { inputs } = theOne(graphOf("personal"), "aws:cognito/userPoolClient:UserPoolClient");
    expect(inputs).toMatchObject({
      allowedOauthFlows: ["code"],
      callbackUrls: ["https://edge.example.com/ops/", "http://localhost:8765/"],
    });
    expect(inputs).not.toHaveProperty("generateSecret");
  });

  test("has a domain of the pool, named after stage and account", () => {
    const { inputs } = theOne(graphOf("personal"), "aws:cognito/userPoolDomain:UserPoolDomain");
    expect(inputs["domain"]).toMatch(/^algoitny-[\w-]+-123456789012$/);
  });
});

describe("the gateway's stage", () => {
  const stage = theOne(graph, "aws:apigatewayv2/stage:Stage");

  test("throttles each route by its class, and allows fewest requests to unknown paths", () => {
    const settings = live
      .filter(({ key }) => key !== "$default")
      .map(({ key }) => ({
        routeKey: key,
        throttlingRateLimit: throttleOf(key).ratePerSecond,
        throttlingBurstLimit: throttleOf(key).burst,
      }));
    expect(stage.inputs["routeSettings"]).toHaveLength(settings.length);
    expect(stage.inputs["routeSettings"]).toEqual(expect.arrayContaining(settings));
    expect(stage.inputs["defaultRouteSettings"]).toEqual({
      throttlingRateLimit: 50,
      throttlingBurstLimit: 100,
    });
  });

  test("is created after the routes that it has settings for, as API Gateway requires", () => {
    const there = ofType(graph, "aws:apigatewayv2/route:Route").map(({ urn }) => urn);
    expect(stage.dependsOn).toEqual(expect.arrayContaining(there));
  });

  test("writes its access log as JSON, with the request's id, its route and its errors", () => {
    const { format } = stage.inputs["accessLogSettings"] as { format: string };
    expect(JSON.parse(format)).toMatchObject({
      requestId: "$context.requestId",
      route: "$context.routeKey",
      status: "$context.status",
      authorizerError: "$context.authorizer.error",
    });
    expect(format).not.toMatch(/header|authorization|claims|body/i);
  });
});

test("CORS is that of the table, for the configured origins, with credentials", () => {
  expect(theOne(graph, "aws:apigatewayv2/api:Api").inputs["corsConfiguration"]).toEqual({
    allowOrigins: ["https://algoitny.example.com"],
    allowCredentials: true,
    allowMethods: [...cors.methods],
    allowHeaders: [...cors.headers],
    exposeHeaders: [...cors.exposedHeaders],
    maxAge: cors.maxAgeSeconds,
  });
});

test("without origins there is no CORS configuration at all", () => {
  const { inputs } = theOne(graphOf("bare"), "aws:apigatewayv2/api:Api");
  expect(inputs).not.toHaveProperty("corsConfiguration");
});

test("a configured domain is mapped to the stage, with TLS 1.2; without a domain, or with an edge, none is", () => {
  const { inputs } = theOne(graph, "aws:apigatewayv2/domainName:DomainName");
  expect(inputs).toMatchObject({
    domainName: "api.example.com",
    domainNameConfiguration: { securityPolicy: "TLS_1_2" },
  });
  expect(theOne(graph, "aws:apigatewayv2/apiMapping:ApiMapping").inputs["stage"]).toBe("$default");
  expect(ofType(graphOf("personal"), "aws:apigatewayv2/domainName:DomainName")).toEqual([]);
});
