import { RedisError } from "../reply.ts";
import { float, floatText, integer, positions, syntaxError } from "./arguments.ts";
import type { Bytes, Raw } from "./bytes.ts";
import type { CommandTable, Run } from "./command-table.ts";

export type Scored = readonly [member: Bytes, score: number];

/** By score, then by member, byte by byte. */
export function sorted(zset: ReadonlyMap<Bytes, number>): Scored[] {
  const byBytes = (a: Bytes, b: Bytes) => (a < b ? -1 : Number(a > b));
  return [...zset].toSorted(([a, x], [b, y]) => (x < y ? -1 : x > y ? 1 : byBytes(a, b)));
}

type IsIn = (element: Scored) => boolean;

const BAD_SCORES = "ERR min or max is not a float";
const BAD_MEMBERS = "ERR min or max not valid string range item";

/** Builds the test of a range of scores; `(` before a bound excludes it. */
export function scoreRange(min: Bytes | undefined, max: Bytes | undefined): IsIn {
  const [low, high] = [scoreBound(min), scoreBound(max)];
  return ([, score]) =>
    (low.isOpen ? score > low.score : score >= low.score) &&
    (high.isOpen ? score < high.score : score <= high.score);
}

function scoreBound(text = ""): { score: number; isOpen: boolean } {
  const isOpen = text.startsWith("(");
  const digits = isOpen ? text.slice(1) : text;
  return { score: digits === "" ? 0 : float(digits, BAD_SCORES), isOpen };
}

/** Builds the test of a range of members, for a set whose scores are all equal. */
function memberRange(min: Bytes | undefined, max: Bytes | undefined): IsIn {
  const [low, high] = [memberBound(min), memberBound(max)];
  return ([member]) => low(member) >= 0 && high(member) <= 0;
}

/** Compares a member with a bound: `-` and `+` are below and above all members, `(` excludes the bound. */
function memberBound(text = ""): (member: Bytes) => number {
  if (text === "-") return () => 1;
  if (text === "+") return () => -1;
  const bound = text.slice(1);
  if (text.startsWith("[")) return (member) => (member < bound ? -1 : Number(member > bound));
  // NaN for a member that equals an excluded bound: every comparison with NaN is false, so the member is outside.
  if (text.startsWith("("))
    return (member) => (member < bound ? -1 : member > bound ? 1 : Number.NaN);
  throw new RedisError(BAD_MEMBERS);
}

type By = "rank" | "score" | "member";

interface Choice {
  by: By | undefined;
  isReverse: boolean | undefined;
}

interface Options {
  by: By;
  isReverse: boolean;
  withScores: boolean;
  limit: { offset: number; count: number } | undefined;
}

/** Parses the options after the range; `given` are those that the command's name implies. */
function optionsOf(words: readonly Bytes[], given: Choice): Options {
  let { by, isReverse } = given;
  let withScores = false;
  let limit: Options["limit"];
  for (let i = 0; i < words.length; i += 1) {
    const word = words[i]?.toUpperCase();
    if (word === "WITHSCORES") withScores = true;
    else if (word === "LIMIT" && i + 2 < words.length) {
      limit = { offset: integer(words[i + 1]), count: integer(words[i + 2]) };
      i += 2;
    } else if (word === "REV" && given.isReverse === undefined) isReverse = true;
    else if (word === "BYSCORE" && given.by === undefined) by = "score";
    else if (word === "BYLEX" && given.by === undefined) by = "member";
    else throw syntaxError();
  }
  by ??= "rank";
  if (limit !== undefined && limit.count !== -1 && by === "rank")
    throw new RedisError(
      "ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX",
    );
  if (withScores && by === "member")
    throw new RedisError("ERR syntax error, WITHSCORES not supported in combination with BYLEX");
  return { by, isReverse: isReverse ?? false, withScores, limit };
}

/** Builds the selection of a range from elements in their final order; throws for invalid bounds. */
function selection(from: Bytes, to: Bytes, { by, isReverse, limit }: Options) {
  if (by === "rank") {
    const range = [integer(from), integer(to)] as const;
    return (elements: Scored[]) => {
      const { start, end } = positions(range, elements.length);
      return elements.slice(start, Math.max(start, end + 1));
    };
  }
  const [min, max] = isReverse ? [to, from] : [from, to];
  const isIn = by === "score" ? scoreRange(min, max) : memberRange(min, max);
  return (elements: Scored[]) => {
    const found = elements.filter(isIn);
    if (limit === undefined) return found;
    if (limit.offset < 0) return [];
    const left = found.slice(limit.offset);
    return limit.count < 0 ? left : left.slice(0, limit.count);
  };
}

function rangeCommand(given: Choice): Run {
  return (keyspace, [key = "", from = "", to = "", ...words]): Raw => {
    const options = optionsOf(words, given);
    const select = selection(from, to, options);
    const ascending = sorted(keyspace.read(key, "zset") ?? new Map());
    const found = select(options.isReverse ? ascending.toReversed() : ascending);
    return found.flatMap(([member, score]) =>
      options.withScores ? [member, floatText(score)] : [member],
    );
  };
}

export const sortedSetRanges: CommandTable = {
  ZRANGE: rangeCommand({ by: undefined, isReverse: undefined }),
  ZREVRANGE: rangeCommand({ by: "rank", isReverse: true }),
  ZRANGEBYSCORE: rangeCommand({ by: "score", isReverse: false }),
  ZREVRANGEBYSCORE: rangeCommand({ by: "score", isReverse: true }),
  ZRANGEBYLEX: rangeCommand({ by: "member", isReverse: false }),
  ZREVRANGEBYLEX: rangeCommand({ by: "member", isReverse: true }),
};
