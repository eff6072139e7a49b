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
import { FAULT_ROUTES, FIRE_ROUTE, fireSchedule, switchFault } from "./control.ts";
import { LOCAL_AUDIENCE, LOCAL_ISSUER, type Issuer } from "./issuer/issuer.ts";
import { createGraphiqlPage } from "./graphiql/graphiql-page.ts";
import { createCodeFlow } from "./issuer/code-flow.ts";
import type { LocalPage } from "./local-page.ts";
import type { Runtime } from "./invoke.ts";
import type { PlantedFaults } from "./planted-faults.ts";
import type { Scheduler } from "./scheduler/start-scheduler.ts";
import { toRequestEntry, type LogEntry } from "./log-entry.ts";

/** Usual origins of front ends under development. */
export const LOCAL_ORIGINS = [
  "http://localhost:3000",
  "http://127.0.0.1:3000",
  "http://localhost:5173",
  "http://127.0.0.1:5173",
] as const;

/** `CORS_ORIGINS` as the stacks read it, otherwise the usual development origins; throws if it is invalid. */
export function corsOrigins(
  env: Readonly<Record<string, string | undefined>> = process.env,
): readonly string[] {
  return readOrigins(env) ?? LOCAL_ORIGINS;
}

/** Header that chooses one of several API instances by its number. */
const INSTANCE_HEADER = "x-local-instance";

/** The API's route table in the form of an HTTP API's; `throttle` replaces each route's own limits. */
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
  /** Without it there is no dashboard. */
  page?: LocalPage;
  /** Awaited by every request to a function: functions need the API's address, which is known once the port is taken. */
  runtime: Promise<Runtime>;
  /** Awaited before a function runs. */
  pass?: ((file: string) => Promise<void>) | undefined;
  /** Runs a schedule by hand; without it only the clock runs schedules. */
  fire?: Scheduler["fire"];
  /** Faults that may be planted by hand. */
  faults?: Promise<PlantedFaults>;
  /** For all routes, instead of their deployed limits. */
  throttle?: Throttle | undefined;
  log: (entry: LogEntry) => void;
}

/**
 * Functions end by their own limit, which is shorter than the gateway's 30 s. On AWS a waiting request would get its own
 * execution environment, so waiting time does not count here: 24.8 days, the longest delay of a timer.
 */
const NO_TIMEOUT_MS = 2 ** 31 - 1;

/**
 * Serves the API with its dashboard, GraphiQL, the token issuer, and the routes that run schedules and plant faults.
 */
export function startApi({
  port,
  issuer,
  page,
  runtime,
  pass,
  fire,
  faults,
  throttle,
  log,
}: ApiOptions): Promise<ApiGateway> {
  let url = "";
  const signIn = createCodeFlow(issuer);
  const graphiql = createGraphiqlPage();
  const started = startApiGateway({
    port,
    routes: [
      ...gatewayRoutes(throttle),
      ...(fire ? [FIRE_ROUTE] : []),
      ...(faults ? FAULT_ROUTES : []),
    ],
    authorizer: { issuer: LOCAL_ISSUER, audience: [LOCAL_AUDIENCE], keys: issuer.keys },
    cors: { ...cors, origins: corsOrigins() },
    integrationTimeoutMs: NO_TIMEOUT_MS,
    async invoke(file, event) {
      if (fire && file === FIRE_ROUTE.target) return fireSchedule(event, fire);
      if (faults && file === FAULT_ROUTES[0]?.target) return switchFault(event, await faults);
      const instance = /^\d{1,3}$/.exec(event.headers[INSTANCE_HEADER] ?? "")?.[0];
      const functions = await runtime;
      await pass?.(file);
      return functions.invokeApi(
        file,
        event,
        instance === undefined ? undefined : Number(instance),
      );
    },
    async beside(request) {
      const isRead = request.method === "GET" || request.method === "HEAD";
      const document = isRead && issuer.document(request.url, url);
      if (!document) {
        if (isRead) await page?.prepare(request.url);
        return (isRead ? graphiql(request.url) : undefined) ?? signIn(request, url);
      }
      return {
        status: 200,
        headers: { "content-type": "application/json" },
        cookies: [],
        body: Buffer.from(JSON.stringify(document)),
      };
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
