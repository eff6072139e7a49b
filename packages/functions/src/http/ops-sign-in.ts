import type { HttpEvent } from "../endpoint/http-event.ts";
import { createOriginCheck } from "../endpoint/origin.ts";
import { edgeSecret, links } from "../links.ts";
import { createSignIn } from "../sign-in/answer-sign-in.ts";
import { createLog } from "../telemetry/logger.ts";
import { readServiceName } from "../telemetry/observe.ts";

let signIn: ReturnType<typeof createSignIn> | undefined;

/** `"GET /ops/config.json"` and `"POST /ops/token"`: sign an operator in with the stage's issuer. */
export const handler = (event: HttpEvent) =>
  (signIn ??= createSignIn(links.auth(), {
    // `algoitny-production`; the local cloud's service has only the application's name.
    stage: readServiceName(process.env).split("-").slice(1).join("-") || "local",
    log: createLog(),
    requireOrigin: createOriginCheck(edgeSecret()),
  }))(event);
