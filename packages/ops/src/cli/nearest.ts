/** `: did you mean …?` for a name that differs from a known one by at most two letters; otherwise an empty text. */
export function nearest(name: string, names: readonly string[]): string {
  const [best] = names
    .map((known) => ({ known, steps: distance(name, known) }))
    .toSorted((a, b) => a.steps - b.steps);
  return best && best.steps <= 2 ? `: did you mean ${best.known}?` : "";
}

/** Number of letters to insert, remove or replace (Levenshtein 1966). */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [line, letter] of Array.from(from).entries()) {
    const next = [line + 1];
    for (const [column, other] of Array.from(to).entries()) {
      const replaced = (row[column] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
