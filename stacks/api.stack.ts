import type { FunctionFile } from "../packages/functions/src/deployment/access.ts";
import {
  DEFAULT_ROUTE,
  type DeployedRoute,
  deployedRoutes,
} from "../packages/functions/src/deployment/routes.ts";
import { audience, issuer } from "./auth.stack.ts";
import { functionOf } from "./functions.stack.ts";
import { api, routesAreThere } from "./gateway-api.stack.ts";
import { componentName } from "./names.ts";

const deployed = deployedRoutes();

const authorizer = api.addAuthorizer({ name: "Tokens", jwt: { issuer, audiences: [audience] } });
const { api: gateway } = api.nodes;

/** Handler under `http/` → its function, shared by both spellings of a path and by HEAD. */
export const apiFunctions = Object.fromEntries(
  [...new Set([...deployed.map(({ file }) => file), DEFAULT_ROUTE])].map((file) => [
    file,
    new sst.aws.Function(componentName(file), functionOf(`http/${file}` as FunctionFile)),
  ]),
);

/**
 * Handler → target of its routes. SST's own `route()` makes an integration, a permission and a component for each route key,
 * and API Gateway creates them one by one; so the route keys of a function share them.
 */
const targets = Object.fromEntries(
  Object.entries(apiFunctions).map(([file, { arn }]) => {
    const permission = new aws.lambda.Permission(`${componentName(file)}Permission`, {
      action: "lambda:InvokeFunction",
      function: arn,
      principal: "apigateway.amazonaws.com",
      sourceArn: $interpolate`${gateway.executionArn}/*`,
    });
    const integration = new aws.apigatewayv2.Integration(
      `${componentName(file)}Integration`,
      {
        apiId: gateway.id,
        integrationType: "AWS_PROXY",
        integrationUri: arn,
        payloadFormatVersion: "2.0",
      },
      { dependsOn: [permission] },
    );
    return [file, $interpolate`integrations/${integration.id}`];
  }),
);

const routes = [
  ...deployed,
  { key: "$default", file: DEFAULT_ROUTE, auth: "none" } satisfies DeployedRoute,
].map(
  ({ key, file, auth }) =>
    new aws.apigatewayv2.Route(`Route ${key}`, {
      apiId: gateway.id,
      routeKey: key,
      target: targets[file],
      ...(auth === "none"
        ? { authorizationType: "NONE" }
        : { authorizationType: "JWT", authorizerId: authorizer.id }),
    }),
);
routesAreThere.resolve(routes);
