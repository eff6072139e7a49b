import { headerOf, listOf, type HttpResult } from "./event.ts";

/** What decides whether a response may be shared, beside the response itself. */
export interface SharingRules {
  /** Header names, in lower case, that the key covers. */
  readonly headers: readonly string[];
  /** Whether the key says whose response it is. */
  readonly ofPrincipal: boolean;
  readonly keepsNotFound: boolean;
}

/** Longest body kept with a remembered 404: 8 KiB. */
const NOT_FOUND_BODY_LIMIT = 8_192;

/** In this order: a 5xx that sets no cookie is a failure whatever else it says, so a stale response may stand in for it. */
const REFUSALS: readonly [
  reason: string,
  refuses: (result: HttpResult, rules: SharingRules) => boolean,
][] = [
  [
    "set-cookie",
    ({ cookies = [], headers }) =>
      cookies.length > 0 || headerOf(headers, "set-cookie") !== undefined,
  ],
  [
    "status",
    ({ statusCode }, { keepsNotFound }) =>
      statusCode !== 200 && !(statusCode === 404 && keepsNotFound),
  ],
  ["no-store", ({ headers }) => hasDirective(headers, "no-store")],
  ["private", ({ headers }, { ofPrincipal }) => !ofPrincipal && hasDirective(headers, "private")],
  ["vary", ({ headers }, rules) => variesOnMore(headers, rules.headers)],
  // The cache chooses the coding for each client; it would have to undo this one first.
  [
    "content-encoding",
    ({ headers }) => !["", "identity"].includes(headers["content-encoding"] ?? ""),
  ],
  ["too-large", ({ statusCode, body }) => statusCode === 404 && body.length > NOT_FOUND_BODY_LIMIT],
];

/** Why a response may not be stored and shared, as a token for Cache-Status; undefined: it may. */
export function refusal(result: HttpResult, rules: SharingRules): string | undefined {
  return REFUSALS.find(([, refuses]) => refuses(result, rules))?.[0];
}

/** With or without an argument: `private="x"` counts as `private`. */
function hasDirective(headers: HttpResult["headers"], directive: string): boolean {
  return listOf(headers["cache-control"]).some(
    (member) => member.split("=")[0]?.trim() === directive,
  );
}

function variesOnMore(headers: HttpResult["headers"], covered: readonly string[]): boolean {
  return listOf(headers["vary"]).some(
    (name) => name !== "accept-encoding" && !covered.includes(name),
  );
}
