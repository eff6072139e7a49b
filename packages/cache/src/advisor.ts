import { nearest } from "./did-you-mean.ts";
import { type Duration, toMs } from "./duration.ts";
import { refuse } from "./errors.ts";
import { describe } from "./key-faults.ts";
import { OWN_KEYS } from "./protocol/key-names.ts";
import type { AnyResource, ThrottledTag } from "./resource.ts";
import { REST } from "./stores/other-operations.ts";
import type { Tag } from "./tag.ts";

// Definitions are refused as they are made, so all of this is loaded at every start: its texts are short, and rules are
// written as what must hold.

/** Options of the lifetime of entries and of their loads. */
const COMMON =
  "ttl staleWhileRevalidate staleIfError negativeTtl jitter tags version consistency l1 compression softTimeout hardTimeout isNotFound mode ramp";
const OPTIONS = {
  resource: `${COMMON} name key schema serializer enqueueRefresh verify load loadMany`,
  function: `${COMMON} name key cache`,
  getOrSet: COMMON,
};
const FUNCTIONS = ["load", "loadMany", "key", "isNotFound", "tags"];

type Given = Readonly<Record<string, unknown>>;

/** Throws a CacheError (`definition_invalid`) when options of a definition are missing, unknown or of the wrong kind. */
export function checkOptions(
  options: unknown,
  kind: keyof typeof OPTIONS,
  { label, needed }: { label?: string; needed: readonly string[] },
): void {
  const given = requireObject(options, label ?? `${kind}: `);
  const { name } = given;
  const about = label ?? (typeof name === "string" ? `${kind} "${name}": ` : `${kind}: `);
  checkNames(given, OPTIONS[kind].split(" "), about);
  for (const each of needed) if (given[each] === undefined) refuse(`${about}"${each}" is missing`);
  if (name !== undefined && typeof name !== "string") refuse(`${about}"name" is ${describe(name)}`);
  for (const each of FUNCTIONS)
    if (given[each] !== undefined && typeof given[each] !== "function")
      if (each !== "tags" || kind !== "getOrSet") refuse(`${about}${each} is not a function`);
}

function requireObject(options: unknown, label: string): Given {
  if (typeof options !== "object" || options === null) refuse(`${label}options are missing`);
  return options as Given;
}

/** Refuses what is no option: a misspelt one would otherwise be left out without a word. */
export function checkNames(given: Given, known: readonly string[], label: string): void {
  for (const name of Object.keys(given)) {
    if (known.includes(name)) continue;
    const meant = nearest(name, known);
    refuse(
      `${label}unknown option "${name}": ${meant ? `did you mean ${meant}?` : known.join(" ")}`,
    );
  }
}

/** Refuses tags that no invalidation would ever name. */
export function checkTags(
  tags: readonly (Tag | ThrottledTag)[],
  about: string,
): readonly (Tag | ThrottledTag)[] {
  if (!Array.isArray(tags)) refuse(`${about}tags returned ${describe(tags)}: return an array`);
  for (const [index, each] of tags.entries()) {
    const tag: unknown = each?.tag ?? each;
    if (typeof tag !== "string" || tag === "")
      refuse(`${about}tags returned ${describe(tag)} in place ${index}: ${CALL_IT}`);
  }
  return tags;
}

export const CALL_IT = "call the tag, as in tags.book(7)";

/** First parts of the store's names that are no entries. */
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
  serializer,
  rollout,
}: AnyResource): void {
  const { mode = "on", ramp = 0 } = rollout ?? {};
  const isSoft = softTimeoutMs < Infinity;
  require(`resource "${name}": `, [
    // Of digits alone, the number in a prefix could be taken for it.
    [/^(?!\d+$)[\w.-]+$/.test(name), "name is of letters, digits, `_`, `-`, `.`, not digits alone"],
    [!RESERVED.split("|").includes(name), `name is none of ${RESERVED}`],
    [freshMs > 0, "ttl > 0"],
    [hardTimeoutMs > 0, "hardTimeout > 0"],
    [staleIfErrorMs >= staleMs, "staleIfError >= staleWhileRevalidate"],
    [jitter >= 0 && jitter < 1, "0 <= jitter < 1"],
    [negativeMs <= freshMs, "negativeTtl <= ttl"],
    [!isSoft || softTimeoutMs < hardTimeoutMs, "softTimeout < hardTimeout"],
    // Else there is nothing to serve when it is over.
    [!isSoft || staleMs > 0, "with softTimeout: staleWhileRevalidate > 0"],
    [(l1TrustMs ?? 0) <= freshMs, "l1.revalidateAfter <= ttl"],
    [!serializer?.parse === !serializer?.stringify, "serializer has parse, stringify"],
    [
      /^(on|shadow)$/.test(String(mode)) || typeof mode === "function",
      'mode is "on", "shadow" or a function',
    ],
    [
      (typeof ramp === "number" && ramp >= 0 && ramp <= 100) || typeof ramp === "function",
      "ramp is 0 to 100 or a function",
    ],
  ]);
}

interface CacheSetup {
  readonly prefix: string;
  readonly resources: readonly AnyResource[];
  readonly storeTimeout?: Duration;
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
  const given = requireObject(options, label);
  checkNames(given, CACHE_OPTIONS.split(" "), label);
  const { store, resources = [] } = given as { store?: Given; resources?: unknown };
  if (store === undefined) refuse(`${label}"store" is missing`);
  const lacking = ["mget", ...REST].filter((name) => typeof store?.[name] !== "function");
  if (lacking.length > 0)
    refuse(
      `${label}store lacks ${lacking.join(", ")}: is it a client? createUpstashStore({ url, token }) makes a store`,
    );
  if (!Array.isArray(resources))
    refuse(`${label}"resources" is ${describe(resources)}: pass an array`);
  for (const [index, each] of (resources as (AnyResource | undefined)[]).entries())
    if (typeof each?.keyFor !== "function")
      refuse(`${label}resources[${index}] is ${describe(each)}: pass what defineResource returns`);
}

/** Throws a CacheError (`definition_invalid`) when a cache's options do not fit together or with its resources. */
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
  for (const name of names.filter((each, index) => names.indexOf(each) !== index))
    refuse(
      `two definitions are called "${name}": rename one, they would read each other's entries`,
    );
  const storeMs = storeTimeout ? toMs(storeTimeout) : 1;
  require("new Cache: ", [
    // So no cache can reach into another.
    [
      /^(?:[\w.-]+|\{[\w.-]+\}):\d+$/.test(prefix),
      'prefix is "name:number" or "{name}:number", as in "shop:1"',
    ],
    [storeMs > 0, "storeTimeout > 0"],
    // A read that waits for another's load has to look at the store meanwhile.
    [!storeTimeout || !waitTimeout || toMs(waitTimeout) >= storeMs, "waitTimeout >= storeTimeout"],
    // With none, reads would wait for ever while the store is down.
    [maxLoadsWithoutStore >= 1, "maxLoadsWithoutStore >= 1"],
    [l1MaxBytes >= 1 && Number.isInteger(l1MaxBytes), "l1MaxBytes is a whole number >= 1"],
    [verify.rate > 0 && verify.rate <= 1, "0 < verify.rate <= 1"],
  ]);
}

/** A cluster keeps what belongs together on one node when it shares what stands in braces. */
export function requireHashTag(prefix: string): void {
  if (/\{[^{}]+\}/.test(prefix)) return;
  const mended = prefix.replace(/^[^:]*/, "{$&}");
  refuse(`prefix "${prefix}": Redis Cluster keeps a cache in one slot: write "${mended}"`);
}

/** Throws a CacheError (`definition_invalid`) when no Upstash database can be reached with what is given. */
export function checkUpstash(
  options: object,
  { url, token }: { readonly url: string; readonly token: string },
): void {
  const isClient = ["get", "call", "request"].some((name) => name in options);
  const fault = isClient
    ? "got a client"
    : url === ""
      ? "url is missing"
      : token === ""
        ? "token is missing"
        : !/^https?:\/\/\S+$/.test(url)
          ? "url is not the REST URL, which begins with https://"
          : /\s/.test(token) && "token has blanks in it";
  if (fault)
    refuse(
      `createUpstashStore: ${fault}: pass { url, token }, or set UPSTASH_REDIS_REST_URL and UPSTASH_REDIS_REST_TOKEN`,
    );
}
