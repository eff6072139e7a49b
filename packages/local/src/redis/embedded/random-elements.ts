/**
 * Elements as the RAND commands choose them: one without a count, at most `count` different ones, or exactly `-count` that
 * may repeat. Null for one of none.
 */
export function randomElements<T>(
  elements: readonly T[],
  count: number | undefined,
  random: () => number = Math.random,
): T[] | null {
  const one = (from: readonly T[]) => Math.floor(random() * from.length);
  if (elements.length === 0) return count === undefined ? null : [];
  if (count === undefined) return elements.slice(one(elements)).slice(0, 1);
  if (count < 0) return Array.from({ length: -count }, () => elements[one(elements)] as T);
  const left = [...elements];
  const chosen: T[] = [];
  while (left.length > 0 && chosen.length < count) chosen.push(...left.splice(one(left), 1));
  return chosen;
}
