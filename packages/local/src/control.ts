import { schedules } from "@algoitny/functions/deployment/schedules";
import type { GatewayConfig } from "./api-gateway/gateway.ts";
import type { GatewayRoute } from "./api-gateway/route-table.ts";
import { LOCAL_ADMIN_CLAIM } from "./issuer/issuer.ts";
import type { Scheduler } from "./scheduler/start-scheduler.ts";

/** Route by which an admin fires a schedule, with its event as the body. Beside the API, which is under `/api`. */
export const FIRE_ROUTE: GatewayRoute = {
  key: "POST /local/schedules/{name}",
  target: "local/fire",
  authorized: true,
};

const answer = (statusCode: number, body: unknown) => ({
  statusCode,
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body),
});

/** Answers a request to fire a schedule by what its handler returns, or failed with. */
export async function fireSchedule(
  event: Parameters<GatewayConfig["invoke"]>[1],
  fire: Scheduler["fire"],
) {
  const name = event.pathParameters?.["name"] ?? "";
  if (event.requestContext.authorizer?.jwt.claims[LOCAL_ADMIN_CLAIM] !== "true")
    return answer(403, { error: "only admins fire schedules" });
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
