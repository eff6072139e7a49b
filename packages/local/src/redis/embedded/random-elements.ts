import { RedisError } from "../reply.ts";
import { bigInteger } from "./arguments.ts";
import type { Bytes } from "./bytes.ts";

/**
 * Most elements of one reply that may contain repetitions. Redis sends such elements one by one; this engine keeps all of them
 * in memory.
 */
const MOST_REPEATED = 1_000_000;

const LONG_MAX = 2n ** 63n - 1n;

/** The count argument of HRANDFIELD, SRANDMEMBER and ZRANDMEMBER. */
export function randomCount(text: Bytes): number {
  const count = bigInteger(text);
  if (count < -LONG_MAX)
    throw new RedisError(
      `ERR value is out of range, value must between -${LONG_MAX} and ${LONG_MAX}`,
    );
  return Number(count);
}

/**
 * Chooses elements as the RAND commands do: one without a count, at most `count` different ones, or exactly `-count` that may
 * repeat. Returns null for one element of an empty collection.
 */
export function randomElements<T>(
  elements: readonly T[],
  count: number | undefined,
  random: () => number = Math.random,
): T[] | null {
  const one = (from: readonly T[]) => Math.floor(random() * from.length);
  if (elements.length === 0) return count === undefined ? null : [];
  if (count === undefined) return elements.slice(one(elements)).slice(0, 1);
  if (count < -MOST_REPEATED)
    throw new RedisError(
      `ERR the embedded Redis draws at most ${MOST_REPEATED} elements that may repeat: use redis-server`,
    );
  if (count < 0) return Array.from({ length: -count }, () => elements[one(elements)] as T);
  const left = [...elements];
  const chosen: T[] = [];
  while (left.length > 0 && chosen.length < count) chosen.push(...left.splice(one(left), 1));
  return chosen;
}
