import type { FunctionFile } from "../packages/functions/src/deployment/access.ts";
import { cors } from "../packages/functions/src/deployment/cors.ts";
import { DEFAULT_ROUTE, deployedRoutes } from "../packages/functions/src/deployment/routes.ts";
import { audience, issuer } from "./auth.stack.ts";
import { configuration } from "./configuration.ts";
import { functionOf } from "./functions.stack.ts";
import { ACCESS_LOG_FORMAT, defaultRouteSettings, routeSettings } from "./gateway.stack.ts";
import { componentName } from "./names.ts";
import { logRetention } from "./stage.ts";

const keys = deployedRoutes();
/** API Gateway refuses settings for a route that is not there yet, and SST makes the stage first: it has to wait. */
const routesAreThere = Promise.withResolvers<$util.Input<$util.Resource>[]>();

const hasOrigins = configuration.CORS_ORIGINS.length > 0;

export const api = new sst.aws.ApiGatewayV2("Api", {
  domain: configuration.API_DOMAIN,
  cors: hasOrigins && {
    allowOrigins: configuration.CORS_ORIGINS,
    allowCredentials: true,
    allowMethods: [...cors.methods],
    allowHeaders: [...cors.headers],
    exposeHeaders: [...cors.exposedHeaders],
    maxAge: `${cors.maxAgeSeconds} seconds`,
  },
  accessLog: { retention: logRetention },
  transform: {
    // SST sends an empty configuration for none, which API Gateway may refuse.
    api: (args) => {
      if (!hasOrigins) delete args.corsConfiguration;
    },
    stage: (args, options) => {
      args.defaultRouteSettings = defaultRouteSettings;
      args.routeSettings = routeSettings;
      args.accessLogSettings = $output(args.accessLogSettings).apply((settings) => ({
        ...settings!,
        format: ACCESS_LOG_FORMAT,
      }));
      options.dependsOn = routesAreThere.promise;
    },
  },
});

const authorizer = api.addAuthorizer({ name: "Tokens", jwt: { issuer, audiences: [audience] } });
const protection = { auth: { jwt: { authorizer: authorizer.id } } };

/** Handler under `http/` → its function, shared by both spellings of a path and by HEAD. */
export const apiFunctions = Object.fromEntries(
  [...new Set([...keys.map(({ file }) => file), DEFAULT_ROUTE])].map((file) => [
    file,
    new sst.aws.Function(componentName(file), functionOf(`http/${file}` as FunctionFile)),
  ]),
);

const routes = [
  ...keys.map(({ key, file, auth }) =>
    api.route(key, apiFunctions[file].arn, auth === "none" ? {} : protection),
  ),
  api.route("$default", apiFunctions[DEFAULT_ROUTE].arn),
];
routesAreThere.resolve(routes.map((route) => route.nodes.route as $util.Input<$util.Resource>));
