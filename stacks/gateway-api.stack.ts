import { cors } from "../packages/functions/src/deployment/cors.ts";
import { configuration } from "./configuration.ts";
import { ACCESS_LOG_FORMAT, defaultRouteSettings, routeSettings } from "./gateway.stack.ts";
import { logRetention } from "./stage.ts";

/**
 * Makes the gateway's stage wait for the routes: API Gateway refuses settings for a missing route, and SST would create the
 * stage first.
 */
export const routesAreThere = Promise.withResolvers<$util.Input<$util.Resource>[]>();

const hasOrigins = configuration.CORS_ORIGINS.length > 0;

export const api = new sst.aws.ApiGatewayV2("Api", {
  // With an edge the domain belongs to CloudFront.
  domain: configuration.EDGE === undefined ? configuration.API_DOMAIN : undefined,
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
    // Without origins SST sends an empty configuration, which API Gateway may refuse.
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

/** Address of the dashboard, to which the issuer redirects operators. */
export const pageUrl = configuration.API_DOMAIN
  ? $output(`https://${configuration.API_DOMAIN}/ops/`)
  : $interpolate`${api.nodes.api.apiEndpoint}/ops/`;
