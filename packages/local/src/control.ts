import { schedules } from "@algoitny/functions/deployment/schedules";
import type { GatewayConfig } from "./api-gateway/gateway.ts";
import type { GatewayRoute } from "./api-gateway/route-table.ts";
import { LOCAL_ADMIN_CLAIM } from "./issuer/issuer.ts";
import { FAULTS, type PlantedFaults } from "./planted-faults.ts";
import type { Scheduler } from "./scheduler/start-scheduler.ts";

/** Route by which an admin runs a schedule, with its event as the body. Outside the API, which is under `/api`. */
export const FIRE_ROUTE: GatewayRoute = {
  key: "POST /local/schedules/{name}",
  target: "local/fire",
  authorized: true,
};

/** Routes by which an admin plants and removes a fault. */
export const FAULT_ROUTES: readonly GatewayRoute[] = ["POST", "DELETE"].map((method) => ({
  key: `${method} /local/faults/{name}`,
  target: "local/fault",
  authorized: true,
}));

const answer = (statusCode: number, body: unknown) => ({
  statusCode,
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body),
});

type ControlEvent = Parameters<GatewayConfig["invoke"]>[1];

const isByAdmin = ({ requestContext }: ControlEvent) =>
  requestContext.authorizer?.jwt.claims[LOCAL_ADMIN_CLAIM] === "true";

/** Answers a request to plant (POST) or remove (DELETE) a fault. */
export async function switchFault(event: ControlEvent, faults: PlantedFaults) {
  const name = FAULTS.find((each) => each === event.pathParameters?.["name"]);
  if (!isByAdmin(event)) return answer(403, { error: "only admins plant faults" });
  if (!name) return answer(404, { error: `no such fault: there are ${FAULTS.join(", ")}` });
  const isPlanted = event.requestContext.http.method === "POST";
  await (isPlanted ? faults.plant(name) : faults.lift(name));
  return answer(200, { fault: name, planted: isPlanted });
}

/** Answers a request to run a schedule with its handler's result or error. */
export async function fireSchedule(event: ControlEvent, fire: Scheduler["fire"]) {
  const name = event.pathParameters?.["name"] ?? "";
  if (!isByAdmin(event)) return answer(403, { error: "only admins fire schedules" });
  const names = Object.keys(schedules);
  if (!names.includes(name))
    return answer(404, { error: `no schedule ${name}: there are ${names.join(", ")}` });
  let given: unknown;
  try {
    if (event.body) given = JSON.parse(event.body);
  } catch {
    return answer(400, { error: "the event is not JSON (content-type: application/json)" });
  }
  try {
    return answer(200, (await fire(name, given)) ?? null);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return answer(502, { error: `${name} failed: ${why}` });
  }
}
