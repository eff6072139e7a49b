import { costOf } from "../cost/model.ts";
import { type Region, work } from "../cost/prices.ts";
import type { EndpointTotals, Series } from "../metrics/series.ts";
import { viewsOfRoutes } from "./views-of-routes.ts";

/** One piece of advice, and the money that it may save. */
export interface Advice {
  id: "longer" | "narrower" | "warm" | "unread" | "costs-more";
  /** Route that it concerns; null: all of them. */
  endpoint: string | null;
  sentence: string;
  todo: string;
  /** US dollars that it can save at most in 30 days at this traffic. */
  dollars_month: number;
  /** View whose lifetime an experiment would try. */
  view: string | null;
}

export interface AdviceAnswer {
  as_of: number;
  /** Period of the numbers, in seconds: less than a day if there are no older ones. */
  seconds: number;
  /** Requests that read a cached view. */
  reads: number;
  advice: Advice[];
}

/** Number of reads below which there is no advice. */
const ENOUGH_READS = 1_000;

const LIMITS = {
  /** Shares of misses, in percent. */
  expired: 20,
  invalidated: 60,
  /** Share of requests that waited for another's load, in percent. */
  waited: 1,
  /** Share of requests answered from the cache, in percent, below which entries are hardly read twice. */
  unread: 10,
} as const;

const MONTH_SECONDS = 30 * 86_400;

const OUTCOMES = ["hit", "stale", "miss", "bypass"] as const;
type Name = (typeof OUTCOMES)[number] | "expired" | "invalidated" | "waited";
type Counts = { readonly [Each in Name]?: number | null };
const of = (counts: Counts, name: Name) => counts[name] ?? 0;
const readsIn = (counts: Counts) => OUTCOMES.reduce((sum, name) => sum + of(counts, name), 0);
const percent = (part: number, whole: number) => (whole === 0 ? 0 : (100 * part) / whole);
const shown = (value: number) => `${value.toFixed(0)}%`;

/** Advice from the numbers of a window, by savings in descending order. */
export function adviceFrom(
  series: Pick<Series, "times" | "as_of" | "columns" | "totals">,
  endpoints: EndpointTotals,
  region: Region,
): AdviceAnswer {
  const { totals, as_of: asOf } = series;
  const seconds = measuredSeconds(series);
  const reads = readsIn(totals);
  const aMonth = seconds === 0 ? 0 : MONTH_SECONDS / seconds;
  const dollarsOfLoads = (loads: number) => loads * aMonth * dollarsOfLoad(region);
  const found =
    reads < ENOUGH_READS
      ? []
      : [
          ...ofService(totals, endpoints, dollarsOfLoads),
          ...Object.entries(endpoints).flatMap(([route, counts]) =>
            ofEndpoint(route, counts, region, aMonth),
          ),
        ];
  const advice = found.toSorted((a, b) => b.dollars_month - a.dollars_month);
  return { as_of: asOf, seconds, reads, advice };
}

/** Seconds since the first interval with a read. */
function measuredSeconds({
  times,
  as_of: asOf,
  columns,
}: Pick<Series, "times" | "as_of" | "columns">): number {
  const first = times.find((_, index) => columns.cached_percent[index] !== null);
  return first === undefined ? 0 : asOf - first;
}

/** Cost of a load minus that of a hit, in US dollars. */
function dollarsOfLoad(region: Region): number {
  const at = (hit: number) =>
    costOf({ region, requests: 1, hit, readUnits: work.readUnits }).cached.total;
  return at(0) - at(1);
}

function ofService(
  totals: Counts,
  endpoints: EndpointTotals,
  dollarsOfLoads: (loads: number) => number,
): Advice[] {
  const misses = of(totals, "miss");
  const [expired, invalidated] = [of(totals, "expired"), of(totals, "invalidated")];
  const missed = Object.entries(endpoints).toSorted(
    ([, a], [, b]) => of(b, "miss") - of(a, "miss"),
  );
  const [route, most] = missed[0] ?? [];
  const view = viewsOfRoutes[route as keyof typeof viewsOfRoutes] ?? null;
  const where = route
    ? ` ${route} has the most misses: ${shown(percent(of(most ?? {}, "miss"), misses))}.`
    : "";
  const advice: Advice[] = [];
  if (percent(expired, misses) >= LIMITS.expired) {
    // Share of the entries that reach the end of their lifetime without an invalidation. With twice the lifetime, the
    // square of this share does, if the key is read often.
    const lives = expired / (expired + invalidated);
    const doubled = expired / (1 + lives);
    advice.push({
      id: "longer",
      endpoint: null,
      sentence: `${shown(percent(expired, misses))} of misses are of entries that had expired: longer lifetimes save at most these, and twice the lifetime up to ${shown(percent(doubled, misses))} of all misses.${where}`,
      todo: view
        ? `npm run ops -- experiment start ${view} --ttl SECONDS, with twice its lifetime`
        : "Try twice the lifetime: npm run ops -- experiment start VIEW --ttl SECONDS",
      dollars_month: dollarsOfLoads(expired),
      view,
    });
  }
  if (percent(invalidated, misses) >= LIMITS.invalidated)
    advice.push({
      id: "narrower",
      endpoint: null,
      sentence: `${shown(percent(invalidated, misses))} of misses are of entries that a change had invalidated: longer lifetimes save none of these.${where}`,
      todo: "Move what changes often into another view, or give the view narrower tags (core/invalidation-rules.ts).",
      dollars_month: dollarsOfLoads(invalidated),
      view: null,
    });
  if (percent(of(totals, "waited"), readsIn(totals)) >= LIMITS.waited)
    advice.push({
      id: "warm",
      endpoint: null,
      sentence: `${shown(percent(of(totals, "waited"), readsIn(totals)))} of reads waited for the load of another request: entries that are read often are missing again and again.${where}`,
      todo: "Keep such entries warm by a plan of core/warming.ts; npm run ops -- top lists the details that are read most.",
      dollars_month: 0,
      view: null,
    });
  return advice;
}

function ofEndpoint(endpoint: string, counts: Counts, region: Region, aMonth: number): Advice[] {
  const reads = readsIn(counts);
  if (reads < ENOUGH_READS) return [];
  const hit = (of(counts, "hit") + of(counts, "stale")) / reads;
  const requests = reads * aMonth;
  const { cached, uncached } = costOf({ region, requests, hit, readUnits: work.readUnits });
  const extra = Math.max(0, cached.total - uncached.total);
  const view = viewsOfRoutes[endpoint as keyof typeof viewsOfRoutes] ?? null;
  if (100 * hit < LIMITS.unread)
    return [
      {
        id: "unread",
        endpoint,
        sentence: `Only ${shown(100 * hit)} of the reads of ${endpoint} are answered from the cache: its entries are hardly read twice.`,
        todo: "Shorten their lifetime, so that they take less memory, or do not store them.",
        dollars_month: extra,
        view,
      },
    ];
  if (extra === 0) return [];
  return [
    {
      id: "costs-more",
      endpoint,
      sentence: `With ${shown(100 * hit)} from the cache, ${endpoint} costs more than without it.`,
      todo: "The cache makes answers faster and protects the database, but saves no money: docs/cost.md, When not to cache.",
      dollars_month: extra,
      view: null,
    },
  ];
}
