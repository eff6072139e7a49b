import { deployedRoutes } from "../packages/functions/src/deployment/routes.ts";
import {
  type Throttle,
  THROTTLE_DEFAULT,
  throttleOf,
} from "../packages/functions/src/deployment/throttle.ts";

const limits = ({ ratePerSecond, burst }: Throttle) => ({
  throttlingRateLimit: ratePerSecond,
  throttlingBurstLimit: burst,
});

/** Throttles of each route and of `$default`. */
export const defaultRouteSettings = limits(THROTTLE_DEFAULT);
export const routeSettings = deployedRoutes().map(({ key }) => ({
  routeKey: key,
  ...limits(throttleOf(key)),
}));

/** One JSON object per request. Values are quoted, because API Gateway writes `-` for an unknown value. */
export const ACCESS_LOG_FORMAT = JSON.stringify({
  time: "$context.requestTime",
  requestId: "$context.requestId",
  method: "$context.httpMethod",
  path: "$context.path",
  route: "$context.routeKey",
  status: "$context.status",
  bytes: "$context.responseLength",
  ms: "$context.responseLatency",
  functionMs: "$context.integrationLatency",
  functionRequestId: "$context.integration.requestId",
  gatewayError: "$context.error.message",
  authorizerError: "$context.authorizer.error",
  functionError: "$context.integrationErrorMessage",
  ip: "$context.identity.sourceIp",
  userAgent: "$context.identity.userAgent",
});
