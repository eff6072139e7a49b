/** The one of some names that somebody who wrote another may have meant; undefined when none is near. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const wanted = name.toLowerCase();
  const ranked = known
    .map((each) => ({ each, distance: distanceOf(wanted, each) }))
    .toSorted((left, right) => left.distance - right.distance);
  const [best] = ranked;
  return best && best.distance <= Math.max(2, wanted.length / 3) ? best.each : undefined;
}

function distanceOf(wanted: string, known: string): number {
  const initials = (known[0] ?? "") + known.replace(/[^A-Z]/g, "");
  if (initials.length > 1 && initials.toLowerCase() === wanted) return 0;
  const lower = known.toLowerCase();
  if (wanted.length > 3 && (lower.startsWith(wanted) || lower.endsWith(wanted))) return 1;
  return editDistance(wanted, lower);
}

/** Letters to insert, leave out or replace: Levenshtein's distance. */
function editDistance(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (const [index, letter] of left.split("").entries()) {
    const next = [index + 1];
    for (const [column, other] of right.split("").entries())
      next.push(
        Math.min(
          (next[column] ?? 0) + 1,
          (row[column + 1] ?? 0) + 1,
          (row[column] ?? 0) + (letter === other ? 0 : 1),
        ),
      );
    row = next;
  }
  return row.at(-1) ?? 0;
}
