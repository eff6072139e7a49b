import { CacheError } from "./errors.ts";
import type { AnyResource } from "./resource.ts";

/** Rules that a resource's options must meet together: what is wrong, and what to do. */
const RESOURCE_RULES: readonly [broken: (resource: AnyResource) => boolean, advice: string][] = [
  [({ name }) => !/^[\w.-]+$/.test(name), "use letters, digits, `_`, `-` and `.` for `name`"],
  [({ freshMs }) => !(freshMs > 0), "give `fresh` a time above zero, or do not cache this"],
  [
    ({ staleMs, staleIfErrorMs }) => staleIfErrorMs < staleMs,
    "make `staleIfError` at least as long as `stale`: a value good enough while refreshing is good enough when that fails",
  ],
  [({ jitter }) => !(jitter >= 0 && jitter < 1), "give `jitter` a share from 0 up to (not including) 1"],
  [({ negativeMs, freshMs }) => negativeMs > freshMs, "make `negative` no longer than `fresh`"],
  [
    ({ softTimeoutMs, hardTimeoutMs }) => softTimeoutMs !== Number.POSITIVE_INFINITY && softTimeoutMs >= hardTimeoutMs,
    "make `timeouts.soft` shorter than `timeouts.hard`, or leave it out",
  ],
  [
    ({ softTimeoutMs, staleMs }) => softTimeoutMs !== Number.POSITIVE_INFINITY && staleMs === 0,
    "give `stale` a time above zero: a soft limit has nothing to serve without it",
  ],
  [({ l1TrustMs, freshMs }) => l1TrustMs !== null && l1TrustMs > freshMs, "make `l1.trust` no longer than `fresh`"],
];

/** Throws a CacheError (`definition_invalid`) with every mend a resource needs. */
export function checkResource(resource: AnyResource): void {
  const advice = RESOURCE_RULES.filter(([broken]) => broken(resource)).map(([, text]) => text);
  if (advice.length > 0) throw new CacheError("definition_invalid", `resource "${resource.name}": ${advice.join("; ")}`);
}
