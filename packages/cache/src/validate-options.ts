import { type Duration, toMs } from "./duration.ts";
import { refuse } from "./errors.ts";
import { checkGiven, checkNames, describe, nearest, type Given, isFunction } from "./faults.ts";
import { OWN_KEYS } from "./protocol/key-names.ts";
import type { AnyResource, AnySchema } from "./resource.ts";
import { REST } from "./stores/other-operations.ts";

// Definitions are validated at every start, so this module is always loaded: its messages are short, and rules are
// written as the condition that must hold.

/** Names of the options of everything that is cached; `getOrSet` accepts only these. */
export const COMMON =
  "ttl staleWhileRevalidate staleIfError negativeTtl jitter tags version consistency l1 compression softTimeout hardTimeout isNotFound mode ramp schema serializer";

/** Names of the options of resources and functions; resources add `load`, and functions `cache`. */
export const NAMED = `${COMMON} name key enqueueRefresh verify loadMany`;

/** Options that must be functions, and options that must be lists. */
const FUNCTIONS = "load loadMany key isNotFound onInvalidate waitUntil random now principal".split(
  " ",
);
const LISTS = ["resources", "query", "claims", "tables"];

/** Refuses an option that must be a function or a list and is not. */
function checkKinds(given: Given, about: string): void {
  for (const name of FUNCTIONS)
    if (given[name] !== undefined && !isFunction(given[name]))
      refuse(`${about}${name} is not a function`);
  for (const name of LISTS)
    if (given[name] !== undefined && !Array.isArray(given[name]))
      refuse(`${about}${name} is not a list`);
}

/** The rule that an option is one of several words, separated by bars. */
function among(words: string, option: string, value: unknown): readonly [boolean, string] {
  return [words.split("|").includes(String(value)), `${option} is ${words}`];
}

/** Throws a CacheError (`definition_invalid`) when options of a definition are missing, unknown or of the wrong kind. */
export function checkOptions(
  options: unknown,
  known: string,
  { label, needed }: { label?: string; needed: readonly string[] },
): void {
  const { name } = (options ?? {}) as { name?: unknown };
  const about = label ?? (typeof name === "string" ? `resource "${name}": ` : "resource: ");
  const given = checkGiven(options, known, about);
  checkKinds(given, about);
  for (const each of needed) if (given[each] === undefined) refuse(`${about}"${each}" is missing`);
  const {
    l1 = true,
    schema,
    serializer,
    version = 1,
    enqueueRefresh = true,
    verify,
    cache,
  } = given;
  if (typeof l1 !== "boolean") checkGiven(l1, "revalidateAfter share", `${about}l1: `);
  const standard = (schema as AnySchema | undefined)?.["~standard"];
  const { parse, stringify } = (serializer ?? {}) as Given;
  require(about, [
    [!schema || isFunction(standard?.validate), "schema is one of zod, valibot, arktype …"],
    [
      !serializer || (isFunction(parse) && isFunction(stringify)),
      "serializer has parse, stringify",
    ],
    [/^(?:string|number)$/.test(typeof version), "version is a text or a number"],
    [typeof enqueueRefresh === "boolean", "enqueueRefresh is true or false"],
    [!verify || verify === true, "verify is false"],
    [!cache || isFunction((cache as Given)["getEntry"]), "cache is a Cache"],
  ]);
}

/** First parts of those names in the store that are not entries. */
export const OTHER_NAMES = "tag|lease|hold|seq|closed|beats|budget|mark";

/** Throws a CacheError (`definition_invalid`) with all rules that are broken. */
function require(about: string, rules: readonly (readonly [holds: boolean, rule: string])[]): void {
  const broken = rules.filter(([holds]) => !holds).map(([, rule]) => rule);
  if (broken.length > 0) refuse(`${about}this must hold: ${broken.join("; ")}`);
}

/** Names that a resource cannot have. */
const RESERVED = `${OTHER_NAMES}|${OWN_KEYS}`;

/** Throws a CacheError (`definition_invalid`) with every rule that a resource's options break. */
export function checkResource({
  name,
  freshMs,
  staleMs,
  staleIfErrorMs,
  negativeMs,
  jitter,
  softTimeoutMs,
  hardTimeoutMs,
  l1TrustMs,
  compression,
  consistency,
  rollout,
}: AnyResource): void {
  const { mode = "on", ramp = 0 } = rollout ?? {};
  const isSoft = softTimeoutMs < Infinity;
  require(`resource "${name}": `, [
    // The number of a prefix could be taken for a name of digits only.
    [
      typeof name === "string" && /^(?!\d+$)[\w.-]+$/.test(name),
      "name uses letters, digits, _ - ., not digits alone",
    ],
    [!RESERVED.split("|").includes(name), `name is none of ${RESERVED}`],
    [freshMs > 0, "ttl > 0"],
    [hardTimeoutMs > 0, "hardTimeout > 0"],
    [staleIfErrorMs >= staleMs, "staleIfError >= staleWhileRevalidate"],
    [jitter >= 0 && jitter < 1, "0 <= jitter < 1"],
    [negativeMs <= freshMs, "negativeTtl <= ttl"],
    [!isSoft || softTimeoutMs < hardTimeoutMs, "softTimeout < hardTimeout"],
    // Otherwise nothing could be served after the soft limit.
    [!isSoft || staleMs > 0, "with softTimeout: staleWhileRevalidate > 0"],
    [(l1TrustMs ?? 0) <= freshMs, "l1.revalidateAfter <= ttl"],
    among("false|br|gzip", "compression", compression),
    among("strong|eventual", "consistency", consistency),
    among("on|shadow", "mode", isFunction(mode) ? "on" : mode),
    [
      isFunction(ramp) || (typeof ramp === "number" && ramp >= 0 && ramp <= 100),
      "ramp is 0 to 100",
    ],
  ]);
}

interface CacheSetup {
  readonly prefix: string;
  readonly resources: readonly AnyResource[];
  readonly storeTimeout: Duration;
  readonly waitTimeout?: Duration;
  readonly maxLoadsWithoutStore?: number;
  readonly l1MaxBytes?: number;
  readonly verify?: { readonly rate: number };
}

const CACHE_OPTIONS =
  "store prefix resources storeTimeout waitTimeout replicationLag l1MaxBytes maxStaleness reads maxLoadsWithoutStore enqueueRefresh waitUntil onInvalidate verify clock random token";

/** Throws a CacheError (`definition_invalid`) when options of a cache are missing, unknown or of the wrong kind. */
export function checkCacheOptions(options: unknown): void {
  const label = "new Cache: ";
  const given = checkGiven(options, CACHE_OPTIONS, label);
  checkKinds(given, label);
  const { store, resources = [] } = given as { store?: Given; resources?: AnyResource[] };
  const { verify, enqueueRefresh, reads = "primary" } = given;
  if (store === undefined) refuse(`${label}"store" is missing`);
  const lacking = ["mget", ...REST].filter((name) => !isFunction(store?.[name]));
  if (lacking.length > 0)
    refuse(
      `${label}store lacks ${lacking.join(", ")}: is it a client? createRedisStore(client), createUpstashStore({ url, token })`,
    );
  if (verify !== undefined) {
    const { enqueue } = checkGiven(verify, "rate enqueue", `${label}verify: `);
    if (!isFunction(enqueue)) refuse(`${label}verify: enqueue is not a function`);
  }
  require(label, [
    [!enqueueRefresh || isFunction(enqueueRefresh), "enqueueRefresh is a function"],
    among("primary|any", "reads", reads),
  ]);
  for (const [index, each] of (resources as (AnyResource | undefined)[]).entries())
    if (!isFunction(each?.keyFor))
      refuse(`${label}resources[${index}] is ${describe(each)}: pass what defineResource returns`);
}

/** Throws a CacheError (`definition_invalid`) if a cache's options contradict each other or its resources. */
export function checkCache({
  prefix,
  resources,
  storeTimeout,
  waitTimeout,
  maxLoadsWithoutStore = 1,
  l1MaxBytes = 1,
  verify = { rate: 1 },
}: CacheSetup): void {
  const names = resources.map(({ name }) => name);
  const twice = names.find((each, index) => names.indexOf(each) !== index);
  if (twice)
    refuse(
      `two definitions are called "${twice}": rename one, they would read each other's entries`,
    );
  const storeMs = toMs(storeTimeout);
  require("new Cache: ", [
    // With another form, a cache could read or write the keys of one whose prefix begins alike.
    [/^(?:[\w.-]+|\{[\w.-]+\}):\d+$/.test(prefix), 'prefix is "name:number" or "{name}:number"'],
    [storeMs > 0, "storeTimeout > 0"],
    // A read that waits for another read's load must have the time for a look at the store.
    [!waitTimeout || toMs(waitTimeout) >= storeMs, "waitTimeout >= storeTimeout"],
    // With 0, reads would wait for ever while the store is down.
    [maxLoadsWithoutStore >= 1, "maxLoadsWithoutStore >= 1"],
    [l1MaxBytes >= 1 && Number.isInteger(l1MaxBytes), "l1MaxBytes is a whole number >= 1"],
    [verify.rate > 0 && verify.rate <= 1, "0 < verify.rate <= 1"],
  ]);
}

/** Redis Cluster keeps all keys with the same text in braces in one slot. */
export function requireHashTag(prefix: string): void {
  if (/\{[^{}]+\}/.test(prefix)) return;
  const mended = prefix.replace(/^[^:]*/, "{$&}");
  refuse(`prefix "${prefix}": Redis Cluster keeps a cache in one slot: write "${mended}"`);
}

const UPSTASH_OPTIONS = "url token timeout maxResponseBytes fetch".split(" ");

/** Throws a CacheError (`definition_invalid`) if the options cannot reach an Upstash database. */
export function checkUpstash(
  options: unknown,
  { url, token }: { readonly url: string; readonly token: string },
): void {
  const about = "createUpstashStore: ";
  const given = Object(options) as Given;
  const isClient = ["get", "call", "request"].some((name) => name in given);
  // An object from a deployment tool may have more properties, so only names that resemble one of these are refused.
  const meant = Object.entries(given).filter(([name]) => nearest(name, UPSTASH_OPTIONS));
  if (!isClient) checkNames(Object.fromEntries(meant), UPSTASH_OPTIONS, about);
  const { fetch } = given;
  const fault = isClient
    ? "got a client"
    : given !== options
      ? `got ${describe(options)}`
      : !url || !token
        ? `${url ? "token" : "url"} is missing`
        : !/^https?:\/\/\S+$/.test(url)
          ? "url is not the REST URL, which begins with https://"
          : /\s/.test(token)
            ? "token has blanks"
            : fetch !== undefined && !isFunction(fetch)
              ? "fetch is not a function"
              : "";
  if (fault)
    refuse(
      `${about}${fault}: pass { url, token }, or set UPSTASH_REDIS_REST_URL and UPSTASH_REDIS_REST_TOKEN`,
    );
}
