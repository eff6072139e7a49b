import type { Cell } from "../result.ts";

/**
 * A number with three significant digits and at most four decimals. Whole numbers, and others of 1,000 or more after rounding
 * to a whole number, are written in full, with commas.
 */
export function textOf(cell: Cell): string {
  if (cell === null) return "–";
  if (typeof cell === "string") return cell;
  if (!Number.isFinite(cell)) return "?";
  if (Number.isInteger(cell) || Math.abs(cell) >= 1_000)
    return Math.round(cell).toLocaleString("en-US");
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(cell) || 1)));
  return cell.toFixed(Math.min(digits, 4));
}
