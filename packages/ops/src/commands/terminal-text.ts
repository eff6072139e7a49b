import { styleText } from "node:util";

/**
 * Escapes users' text for a terminal: control characters, invisible ones and those that change the writing direction are
 * shown as escapes, so that search terms cannot move the cursor or hide a part of a line.
 */
export function safe(text: string): string {
  return text.replaceAll(
    // oxlint-disable-next-line no-control-regex -- these are the ones that a terminal obeys
    /[\u0000-\u001F\u007F-\u009F\u061C\u200B-\u200F\u2028-\u202E\u2060-\u2069\uFEFF]/g,
    (character) => `\\u${character.codePointAt(0)!.toString(16).padStart(4, "0")}`,
  );
}

type Cell = string | number | null | undefined;

/** Rows below their headings, one per line, without borders; numbers to the right, `–` for unknown values. */
export function table(names: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const texts = rows.map((row) => row.map(cellText));
  const widths = names.map((name, column) =>
    Math.max(name.length, ...texts.map((row) => (row[column] ?? "").length)),
  );
  const isNumeric = names.map((_, column) => rows.some((row) => typeof row[column] === "number"));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) =>
        isNumeric[column] ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join("  ")
      .trimEnd();
  return [styleText("bold", line(names)), ...texts.map(line)].join("\n");
}

function cellText(cell: Cell): string {
  if (cell === null || cell === undefined) return "–";
  return typeof cell === "number" ? number(cell) : safe(cell);
}

/** `12,345` and `96.4`. */
export function number(value: number): string {
  return value.toLocaleString("en-US", { maximumFractionDigits: 1 });
}

/** `1 read` and `2 reads`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** Local time of day of a time in seconds since the epoch. */
export function timeOf(seconds: number): string {
  return new Date(seconds * 1_000).toTimeString().slice(0, 8);
}

/**
 * Values as a row of block characters, one per value, scaled from 0 to the highest value, or to 1 if that is higher; a gap
 * for an unknown value.
 */
export function sparkline(values: readonly (number | null)[]): string {
  const known = values.filter((value) => value !== null);
  const most = Math.max(1, ...known);
  return values
    .map((value) => (value === null ? " " : (BLOCKS[Math.round((value / most) * 7)] ?? " ")))
    .join("");
}

const BLOCKS = "▁▂▃▄▅▆▇█";
