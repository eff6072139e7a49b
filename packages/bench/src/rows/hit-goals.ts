import type { Size } from "../generated-problems.ts";
import type { Timed } from "../measure.ts";
import type { Goal } from "../result.ts";

export const FLOOR_SDK = "floor: SDK `MGET`";
export const FLOOR_AGENT = "floor: agent `MGET`";
export const FLOOR_PARSED = "floor: agent `MGET` + `JSON.parse`";

const OURS = "@algoitny/cache";

const IN_PROCESS = ["bentocache, L1", "cacheable, L1", "async-cache-dedupe, memory"];
const RIVALS_OF_ANSWERS = [
  "bentocache",
  "cacheable",
  "cache-manager",
  "cachified",
  "cachified, REST",
  "async-cache-dedupe",
  "ocache",
  "ocache, REST",
];

/** Reasons for missed goals, and what was tried, from profiles of a few thousand hits. */
const WHYS = {
  sdk: "the library's code takes 10 µs in a tight loop. Between two waits for a socket it takes about 70 µs, because it is no longer in the CPU caches. Three removals saved an eighth of that: a signal for each time limit, the parsing of the address, and a third of the promises. Most of the rest is spent on judging the entry: checksums, header, stamps and tags",
  agent:
    "an agent's `MGET` checks nothing: a hit has a time limit, a checksum of the reply, the stamps of its tags and an answer's headers; the rest of the difference is spread over about forty functions, each of which takes less than a tenth of it",
  parsed:
    "a value of this size is stored in Brotli, which an answer sends unchanged, and decoding takes 30 to 50 µs; a higher compression threshold would save that, but send 2.4 times the bytes of 1 KB and 4.8 times those of 50 problems",
  inProcess:
    "a trusted entry of L1 is judged at each hit: clocks, stamps, lifetime and key, with a key and tags built from the parameters; the fastest other library returns the value in a map of the process, and does not notice an invalidation by another process",
} as const;

type Times = ReadonlyMap<string, Timed>;

/** Goals of hits of one size. */
export function goalsOf(times: Times, size: Size): Goal[] {
  const ms = (name: string) => times.get(name)?.ms ?? Number.NaN;
  const ratio = (
    text: string,
    [one, other]: readonly [string, string],
    most: number,
    why: string,
  ): Goal => {
    const measured = ms(one) / ms(other);
    const holds = measured <= most;
    return {
      text: `${text}, ${size}: ≤ ${most}`,
      measured: measured.toFixed(2),
      holds,
      ...(!holds && { why }),
    };
  };
  const [answer, value] = [`${OURS}, answer`, `${OURS}, value`];
  const trusted = `${OURS}, L1 trusted, value`;
  const inProcess = fastest(times, IN_PROCESS, "value");
  const goals = [
    ratio("answer ÷ the SDK's raw `MGET`", [answer, FLOOR_SDK], 0.75, WHYS.sdk),
    ratio("answer ÷ the agent's `MGET`", [answer, FLOOR_AGENT], 1.1, WHYS.agent),
    ratio(
      "value ÷ the agent's `MGET` and `JSON.parse`",
      [value, FLOOR_PARSED],
      1.1,
      size === "1,000 problems" ? WHYS.agent : WHYS.parsed,
    ),
    ratio(
      "value, L1 trusted ÷ value of the fastest rival that keeps values in the process",
      [trusted, inProcess],
      1,
      WHYS.inProcess,
    ),
  ];
  if (size !== "1,000 problems") return goals;
  const rival = fastest(times, RIVALS_OF_ANSWERS, "answer");
  const measured = ms(rival) / ms(answer);
  const holds = measured >= 10;
  return [
    ...goals,
    {
      text: `${rival} ÷ ${answer}, ${size}: ≥ 10`,
      measured: measured.toFixed(1),
      holds,
      ...(!holds && { why: whyNotTenfold(times) }),
    },
  ];
}

/**
 * Explains a missed goal of ten times: the fastest rival uses TCP, our library uses REST. The text compares our library with
 * the fastest rival over REST, and our library over TCP with the fastest rival over TCP.
 */
function whyNotTenfold(times: Times): string {
  const ratio = (names: readonly string[], own: string) =>
    (
      (times.get(fastest(times, names, "answer"))?.ms ?? Number.NaN) /
      (times.get(`${own}, answer`)?.ms ?? Number.NaN)
    ).toFixed(1);
  const [overRest, overTcp] = [true, false].map((isRest) =>
    RIVALS_OF_ANSWERS.filter((name) => name.endsWith(", REST") === isRest),
  ) as [string[], string[]];
  return `the fastest rival uses Redis over TCP, and ours one HTTP request to the REST endpoint, which takes most of the time: over REST the fastest rival takes ${ratio(overRest, OURS)} × ours, over TCP ${ratio(overTcp, `${OURS}, TCP`)} ×; the rival stores plain JSON, so sending the stored body unchanged can save only the copying, parsing and serialisation of it`;
}

function fastest(times: Times, names: readonly string[], kind: string): string {
  const all = names.map((name) => `${name}, ${kind}`);
  return all.toSorted(
    (one, other) => (times.get(one)?.ms ?? 0) - (times.get(other)?.ms ?? 0),
  )[0] as string;
}
