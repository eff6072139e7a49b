import { type Fields, listOf } from "./fields.ts";

/** A handler's response: the native one, and the parts that decide if it may be shared. */
export interface Answer<Native> {
  readonly status: number;
  /** By names in lower case, repeated ones joined by commas. */
  readonly headers: Fields;
  readonly setsCookie: boolean;
  readonly native: Native;
  /** A copy of the native response: a failed load's response goes to every reader that waited for the load. */
  readonly copy: () => Native;
  /** The body; after it was read, the native response can still be sent, except a 200. */
  readonly bytes: () => Promise<Uint8Array>;
}

/** Rules that decide if a response may be shared, in addition to the response itself. */
export interface SharingRules {
  /** Header names, in lower case, that the key covers. */
  readonly headers: readonly string[];
  /** True when the key names the user whose response it is. */
  readonly ofPrincipal: boolean;
  readonly keepsNotFound: boolean;
}

type Judged = Pick<Answer<unknown>, "status" | "headers" | "setsCookie">;

/** Longest body kept with a remembered 404: 8 KiB. */
export const NOT_FOUND_BODY_LIMIT = 8_192;

/**
 * The first rule that refuses gives the reason. `status` comes before the rules on other headers: a 5xx that sets no
 * cookie is then a failed load, whatever its headers say, so a stale response may be served instead.
 */
const REFUSALS: readonly [
  reason: string,
  refuses: (answer: Judged, rules: SharingRules) => boolean,
][] = [
  ["set-cookie", ({ setsCookie }) => setsCookie],
  [
    "status",
    ({ status }, { keepsNotFound }) => status !== 200 && !(status === 404 && keepsNotFound),
  ],
  ["no-store", ({ headers }) => hasDirective(headers, "no-store")],
  ["private", ({ headers }, { ofPrincipal }) => !ofPrincipal && hasDirective(headers, "private")],
  ["vary", ({ headers }, rules) => variesOnMore(headers, rules.headers)],
  // The cache chooses the coding for each client; it would first have to decode this response.
  [
    "content-encoding",
    ({ headers }) => !["", "identity"].includes(headers["content-encoding"] ?? ""),
  ],
];

/** Reason why a response may not be stored and shared, as a token for Cache-Status; undefined: it may. */
export function refusal(answer: Judged, rules: SharingRules): string | undefined {
  return REFUSALS.find(([, refuses]) => refuses(answer, rules))?.[0];
}

/** With or without an argument: `private="x"` counts as `private`. */
function hasDirective(headers: Fields, directive: string): boolean {
  return listOf(headers["cache-control"] ?? undefined).some(
    (member) => member.split("=")[0]?.trim() === directive,
  );
}

function variesOnMore(headers: Fields, covered: readonly string[]): boolean {
  return listOf(headers["vary"] ?? undefined).some(
    (name) => name !== "accept-encoding" && !covered.includes(name),
  );
}
