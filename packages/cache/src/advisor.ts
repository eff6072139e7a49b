import { nearest } from "./did-you-mean.ts";
import { type Duration, toMs } from "./duration.ts";
import { CacheError } from "./errors.ts";
import { describe } from "./key-faults.ts";
import { OWN_KEYS } from "./protocol/key-names.ts";
import type { AnyResource, Rollout, ThrottledTag } from "./resource.ts";
import { REST } from "./stores/other-operations.ts";
import type { Tag } from "./tag.ts";

/** Options of the lifetime of entries and of their loads. */
const COMMON_OPTIONS = [
  "ttl",
  "staleWhileRevalidate",
  "staleIfError",
  "negativeTtl",
  "jitter",
  "tags",
  "version",
  "consistency",
  "l1",
  "compression",
  "softTimeout",
  "hardTimeout",
  "isNotFound",
  "mode",
  "ramp",
];
const KEYED_OPTIONS = [...COMMON_OPTIONS, "name", "key"];
const OPTIONS = {
  resource: [...KEYED_OPTIONS, "schema", "enqueueRefresh", "load", "loadMany"],
  function: [...KEYED_OPTIONS, "cache"],
  getOrSet: COMMON_OPTIONS,
};
const FUNCTIONS = ["load", "loadMany", "key", "isNotFound"];

/** Throws a CacheError (`definition_invalid`) when options of a definition are missing, unknown or of the wrong kind. */
export function checkOptions(
  options: unknown,
  kind: keyof typeof OPTIONS,
  { label, needed }: { label?: string; needed: readonly string[] },
): void {
  const given = requireObject(options, label ?? `${kind}: `);
  const { name } = given;
  const about = label ?? (typeof name === "string" ? `${kind} "${name}": ` : `${kind}: `);
  checkNames(given, OPTIONS[kind], about);
  for (const each of needed) if (given[each] === undefined) refuse(about, `"${each}" is missing`);
  if (name !== undefined && typeof name !== "string") refuse(about, `"name" is ${describe(name)}`);
  for (const each of FUNCTIONS)
    if (given[each] !== undefined && typeof given[each] !== "function")
      refuse(about, `${each} is not a function`);
  if (kind !== "getOrSet" && given["tags"] !== undefined && typeof given["tags"] !== "function")
    refuse(about, "tags is not a function");
}

function requireObject(options: unknown, label: string): Readonly<Record<string, unknown>> {
  if (typeof options !== "object" || options === null) refuse(label, "options are missing");
  return options as Readonly<Record<string, unknown>>;
}

/** Refuses what is no option: a misspelt one would otherwise be left out without a word. */
export function checkNames(
  given: Readonly<Record<string, unknown>>,
  known: readonly string[],
  label: string,
): void {
  for (const name of Object.keys(given)) {
    if (known.includes(name)) continue;
    const meant = nearest(name, known);
    refuse(
      label,
      `unknown option "${name}"${meant === undefined ? "" : `: did you mean ${meant}?`}`,
    );
  }
}

/** Refuses tags that no invalidation would ever name. */
export function checkTags(
  tags: readonly (Tag | ThrottledTag)[],
  about: string,
): readonly (Tag | ThrottledTag)[] {
  if (!Array.isArray(tags)) refuse(about, `tags returned ${describe(tags)}: return an array`);
  for (const [index, each] of tags.entries()) {
    const tag: unknown = typeof each === "object" && each !== null ? each.tag : each;
    if (typeof tag === "string" && tag !== "") continue;
    refuse(about, `tags returned ${describe(tag)} in place ${index}: ${CALL_IT}`);
  }
  return tags;
}

export const CALL_IT = "call the tag, as in tags.book(7)";

function refuse(label: string, what: string): never {
  throw new CacheError("definition_invalid", `${label}${what}`);
}

/** First parts of the store's names that are no entries. */
export const OTHER_NAMES = ["tag", "lease", "hold", "seq", "closed", "beats", "budget", "mark"];

/** Names that a resource cannot have. */
const RESERVED_NAMES = [...OTHER_NAMES, OWN_KEYS];

/** Rules that a resource's options must meet together: what is wrong, and what to do. */
const RESOURCE_RULES: readonly [broken: (resource: AnyResource) => boolean, advice: string][] = [
  [({ name }) => !/^[\w.-]+$/.test(name), "use letters, digits, `_`, `-` and `.` for `name`"],
  [
    ({ name }) => RESERVED_NAMES.includes(name),
    `give it another \`name\`: ${RESERVED_NAMES.join(", ")} start other keys of the store`,
  ],
  [
    ({ name }) => /^\d+$/.test(name),
    "give it another `name`, not digits alone: the number in a prefix could be taken for it",
  ],
  [
    ({ hardTimeoutMs }) => hardTimeoutMs === 0,
    "give `hardTimeout` a time above zero: no load would end within it",
  ],
  [({ freshMs }) => !(freshMs > 0), "give `ttl` a time above zero, or do not cache this"],
  [
    ({ staleMs, staleIfErrorMs }) => staleIfErrorMs < staleMs,
    "make `staleIfError` at least as long as `staleWhileRevalidate`: what may be served meanwhile may be served after a failure",
  ],
  [
    ({ jitter }) => !(jitter >= 0 && jitter < 1),
    "give `jitter` a share from 0 up to (not including) 1",
  ],
  [({ negativeMs, freshMs }) => negativeMs > freshMs, "make `negativeTtl` no longer than `ttl`"],
  [
    ({ softTimeoutMs, hardTimeoutMs }) =>
      softTimeoutMs !== Infinity && softTimeoutMs >= hardTimeoutMs,
    "make `softTimeout` shorter than `hardTimeout`, or leave it out",
  ],
  [
    ({ softTimeoutMs, staleMs }) => softTimeoutMs !== Infinity && staleMs === 0,
    "give `staleWhileRevalidate` a time above zero: a soft limit has nothing to serve without it",
  ],
  [
    ({ l1TrustMs, freshMs }) => l1TrustMs !== null && l1TrustMs > freshMs,
    "make `l1.revalidateAfter` no longer than `ttl`",
  ],
  [
    ({ rollout }) => rollout !== null && !isRollout(rollout),
    'make `mode` "on" or "shadow", `ramp` 0 to 100, or functions of them',
  ],
];

function isRollout({ mode = "on", ramp = 0 }: Rollout): boolean {
  const isShare = typeof ramp === "number" && ramp >= 0 && ramp <= 100;
  const isMode = mode === "on" || mode === "shadow" || typeof mode === "function";
  return isMode && (isShare || typeof ramp === "function");
}

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

const CACHE_OPTIONS = [
  "store",
  "prefix",
  "resources",
  "storeTimeout",
  "waitTimeout",
  "replicationLag",
  "l1MaxBytes",
  "maxStaleness",
  "maxLoadsWithoutStore",
  "enqueueRefresh",
  "waitUntil",
  "onInvalidate",
  "clock",
  "random",
  "token",
];
/** Throws a CacheError (`definition_invalid`) when options of a cache are missing, unknown or of the wrong kind. */
export function checkCacheOptions(options: unknown): void {
  const label = "new Cache: ";
  const given = requireObject(options, label);
  checkNames(given, CACHE_OPTIONS, label);
  const { store, resources = [] } = given;
  if (store === undefined) refuse(label, '"store" is missing');
  const methods = (typeof store === "object" && store !== null ? store : {}) as Record<
    string,
    unknown
  >;
  const lacking = ["mget", ...REST].filter((name) => typeof methods[name] !== "function");
  if (lacking.length > 0) {
    const mend = "is it a client? createUpstashStore({ url, token }) makes a store";
    refuse(label, `store lacks ${lacking.join(", ")}: ${mend}`);
  }
  if (!Array.isArray(resources))
    refuse(label, `"resources" is ${describe(resources)}: pass an array`);
  for (const [index, each] of (resources as unknown[]).entries())
    if (typeof (each as AnyResource | undefined)?.keyFor !== "function")
      refuse(label, `resources[${index}] is ${describe(each)}: pass what defineResource returns`);
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
    "make `waitTimeout` at least as long as `storeTimeout`: who waits has to look at the store",
  ],
  [
    ({ maxLoadsWithoutStore = 1 }) => !(maxLoadsWithoutStore >= 1),
    "make `maxLoadsWithoutStore` 1 or more: with none, reads would wait for ever",
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
  if (!/^(?:[\w.-]+|\{[\w.-]+\}):\d+$/.test(prefix))
    advice.push(
      'write `prefix` as "name:number" or "{name}:number", as in "shop:1": so no cache can reach into another',
    );
  const names = resources.map(({ name }) => name);
  for (const name of new Set(names.filter((each, index) => names.indexOf(each) !== index))) {
    advice.push(
      `two definitions are called "${name}": rename one, they would read each other's entries`,
    );
  }
  advice.push(...CACHE_RULES.filter(([broken]) => broken(setup)).map(([, text]) => text));
  if (advice.length > 0) throw new CacheError("definition_invalid", advice.join("; "));
}

/** A cluster keeps what belongs together on one node when it shares what stands in braces. */
export function requireHashTag(prefix: string): void {
  if (/\{[^{}]+\}/.test(prefix)) return;
  const [name = ""] = prefix.split(":");
  throw new CacheError(
    "definition_invalid",
    `prefix "${prefix}": Redis Cluster keeps a cache in one slot: write "{${name}}${prefix.slice(name.length)}"`,
  );
}

/** Throws a CacheError (`definition_invalid`) when no Upstash database can be reached with what is given. */
export function checkUpstash(
  options: object,
  { url, token }: { readonly url: string; readonly token: string },
): void {
  const label = "createUpstashStore: ";
  if (["get", "call", "request"].some((name) => typeof Reflect.get(options, name) === "function"))
    refuse(
      label,
      "got a client: pass { url, token }, or nothing to take them from the environment",
    );
  if (url === "" || token === "") {
    const mend = "pass { url, token }, or set UPSTASH_REDIS_REST_URL and UPSTASH_REDIS_REST_TOKEN";
    refuse(label, `${url === "" ? "url" : "token"} is missing: ${mend}`);
  }
  if (!/^https?:\/\/\S+$/.test(url))
    refuse(label, "url is not the REST URL: it begins with https://");
  if (/\s/.test(token)) refuse(label, "token has blanks in it");
}
