import { type Duration, toMs } from "./duration.ts";
import { CacheError } from "./errors.ts";
import { RESERVED_NAMES } from "./protocol/key-names.ts";
import type { AnyResource } from "./resource.ts";

/** Rules that a resource's options must meet together: what is wrong, and what to do. */
const RESOURCE_RULES: readonly [broken: (resource: AnyResource) => boolean, advice: string][] = [
  [({ name }) => !/^[\w.-]+$/.test(name), "use letters, digits, `_`, `-` and `.` for `name`"],
  [
    ({ name }) => RESERVED_NAMES.includes(name),
    `give it another \`name\`: ${RESERVED_NAMES.join(", ")} start other keys of the store`,
  ],
  [
    ({ hardTimeoutMs }) => hardTimeoutMs === 0,
    "give `hardTimeout` a time above zero: no load would end within it",
  ],
  [({ freshMs }) => !(freshMs > 0), "give `ttl` a time above zero, or do not cache this"],
  [
    ({ staleMs, staleIfErrorMs }) => staleIfErrorMs < staleMs,
    "make `staleIfError` at least as long as `staleWhileRevalidate`: a value good enough while refreshing is good enough when that fails",
  ],
  [
    ({ jitter }) => !(jitter >= 0 && jitter < 1),
    "give `jitter` a share from 0 up to (not including) 1",
  ],
  [({ negativeMs, freshMs }) => negativeMs > freshMs, "make `negativeTtl` no longer than `ttl`"],
  [
    ({ softTimeoutMs, hardTimeoutMs }) =>
      softTimeoutMs !== Number.POSITIVE_INFINITY && softTimeoutMs >= hardTimeoutMs,
    "make `softTimeout` shorter than `hardTimeout`, or leave it out",
  ],
  [
    ({ softTimeoutMs, staleMs }) => softTimeoutMs !== Number.POSITIVE_INFINITY && staleMs === 0,
    "give `staleWhileRevalidate` a time above zero: a soft limit has nothing to serve without it",
  ],
  [
    ({ l1TrustMs, freshMs }) => l1TrustMs !== null && l1TrustMs > freshMs,
    "make `l1.revalidateAfter` no longer than `ttl`",
  ],
];

/** Throws a CacheError (`definition_invalid`) with every mend a resource needs. */
export function checkResource(resource: AnyResource): void {
  const advice = RESOURCE_RULES.filter(([broken]) => broken(resource)).map(([, text]) => text);
  if (advice.length > 0)
    throw new CacheError("definition_invalid", `resource "${resource.name}": ${advice.join("; ")}`);
}

interface CacheSetup {
  readonly prefix: string;
  readonly resources: readonly AnyResource[];
  readonly storeTimeout?: Duration;
  readonly waitTimeout?: Duration;
  readonly maxLoadsWithoutStore?: number;
  readonly l1MaxBytes?: number;
}

const CACHE_RULES: readonly [broken: (setup: CacheSetup) => boolean, advice: string][] = [
  [
    ({ storeTimeout = "1 second" }) => toMs(storeTimeout) === 0,
    "give `storeTimeout` a time above zero: no store answers in none",
  ],
  [
    ({ storeTimeout, waitTimeout }) =>
      storeTimeout !== undefined &&
      waitTimeout !== undefined &&
      toMs(waitTimeout) < toMs(storeTimeout),
    "make `waitTimeout` at least as long as `storeTimeout`: who waits for another's load has to look at the store meanwhile",
  ],
  [
    ({ maxLoadsWithoutStore = 1 }) => !(maxLoadsWithoutStore >= 1),
    "make `maxLoadsWithoutStore` 1 or more: with none, reads would wait for ever while the store is down",
  ],
  [
    ({ l1MaxBytes = 1 }) => !(Number.isInteger(l1MaxBytes) && l1MaxBytes >= 1),
    "make `l1MaxBytes` a whole number of 1 or more; to hold nothing, leave `l1` out of the resources",
  ],
];

/** Throws a CacheError (`definition_invalid`) when a cache's options do not fit together or with its resources. */
export function checkCache(setup: CacheSetup): void {
  const { prefix, resources } = setup;
  const advice: string[] = [];
  if (!/^[\w.:-]+$/.test(prefix))
    advice.push("use letters, digits, `_`, `-`, `.` and `:` for `prefix`");
  const names = resources.map(({ name }) => name);
  for (const name of new Set(names.filter((each, index) => names.indexOf(each) !== index))) {
    advice.push(
      `rename one of the resources called "${name}": they would read each other's entries`,
    );
  }
  advice.push(...CACHE_RULES.filter(([broken]) => broken(setup)).map(([, text]) => text));
  if (advice.length > 0) throw new CacheError("definition_invalid", advice.join("; "));
}
