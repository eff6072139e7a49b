import { cors } from "@algoitny/functions/deployment/cors";
import { readOrigins } from "@algoitny/functions/deployment/list-variables";
import { DEFAULT_ROUTE, deployedRoutes } from "@algoitny/functions/deployment/routes";
import {
  THROTTLE_DEFAULT,
  type Throttle,
  throttleOf,
} from "@algoitny/functions/deployment/throttle";
import type { GatewayRoute } from "./api-gateway/route-table.ts";
import { startApiGateway, type ApiGateway } from "./api-gateway/start-gateway.ts";
import { FIRE_ROUTE, fireSchedule } from "./control.ts";
import { LOCAL_AUDIENCE, LOCAL_ISSUER, type Issuer } from "./issuer/issuer.ts";
import type { Runtime } from "./invoke.ts";
import type { Scheduler } from "./scheduler/start-scheduler.ts";
import { toRequestEntry, type LogEntry } from "./log-entry.ts";

/** Usual origins of front ends under development. */
export const LOCAL_ORIGINS = [
  "http://localhost:3000",
  "http://127.0.0.1:3000",
  "http://localhost:5173",
  "http://127.0.0.1:5173",
] as const;

/** `CORS_ORIGINS` as the stacks read it, else where front ends usually run; throws when it makes no sense. */
export function corsOrigins(
  env: Readonly<Record<string, string | undefined>> = process.env,
): readonly string[] {
  return readOrigins(env) ?? LOCAL_ORIGINS;
}

/** Asks for one of several API instances by its number. */
const INSTANCE_HEADER = "x-local-instance";

/** The API's route table as an HTTP API would be given it; `throttle` stands in for each route's own limits. */
export function gatewayRoutes(throttle?: Throttle): GatewayRoute[] {
  return [
    ...deployedRoutes().map(({ key, file, auth }) => ({
      key,
      target: `http/${file}`,
      authorized: auth !== "none",
      throttle: throttle ?? throttleOf(key),
    })),
    {
      key: "$default",
      target: `http/${DEFAULT_ROUTE}`,
      authorized: false,
      throttle: throttle ?? THROTTLE_DEFAULT,
    },
  ];
}

export interface ApiOptions {
  port: number;
  issuer: Issuer;
  /** Requests wait for it: the port is taken, and its address known, before there is anything to run. */
  runtime: Promise<Runtime>;
  /** Runs a schedule by hand; without it nothing runs by the clock. */
  fire?: Scheduler["fire"];
  /** For all routes, in place of the limits of the table. */
  throttle?: Throttle | undefined;
  log: (entry: LogEntry) => void;
}

/** Serves the API, and beside it the token issuer's documents and what fires schedules. */
export function startApi({
  port,
  issuer,
  runtime,
  fire,
  throttle,
  log,
}: ApiOptions): Promise<ApiGateway> {
  let url = "";
  const started = startApiGateway({
    port,
    routes: [...gatewayRoutes(throttle), ...(fire ? [FIRE_ROUTE] : [])],
    authorizer: { issuer: LOCAL_ISSUER, audience: [LOCAL_AUDIENCE], keys: issuer.keys },
    cors: { ...cors, origins: corsOrigins() },
    async invoke(file, event) {
      if (fire && file === FIRE_ROUTE.target) return fireSchedule(event, fire);
      const instance = /^\d{1,3}$/.exec(event.headers[INSTANCE_HEADER] ?? "")?.[0];
      const functions = await runtime;
      return functions.invokeApi(
        file,
        event,
        instance === undefined ? undefined : Number(instance),
      );
    },
    beside(method, path) {
      const document =
        method === "GET" || method === "HEAD" ? issuer.document(path, url) : undefined;
      return (
        document && {
          status: 200,
          headers: { "content-type": "application/json" },
          cookies: [],
          body: Buffer.from(JSON.stringify(document)),
        }
      );
    },
    onRequest: (record) => log(toRequestEntry(record)),
    onError: (file, error) => log({ kind: "error", text: `${file}: ${stackOf(error)}` }),
  });
  return started.then((gateway) => {
    url = gateway.url;
    return gateway;
  });
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
