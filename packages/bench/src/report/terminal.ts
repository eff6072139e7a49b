import type { RowResult, Table } from "../result.ts";
import { textOf } from "./number-text.ts";

/** A row's tables and goals as text for a terminal. */
export function toTerminal({ tables, goals }: RowResult): string {
  const lines = goals.map(
    ({ text, measured, holds }) => `  ${holds ? "holds " : "MISSED"}  ${text}: ${measured}`,
  );
  const goalsText = lines.length === 0 ? [] : ["Goals", ...lines, ""];
  return [...tables.flatMap(tableText), ...goalsText].join("\n");
}

function tableText({ title, notes = [], columns, rows }: Table): string[] {
  const all = [columns, ...rows.map((row) => row.map(textOf))];
  const widths = columns.map((_, index) =>
    Math.max(...all.map((row) => (row[index] ?? "").length)),
  );
  const isNumber = columns.map((_, index) => rows.every((row) => typeof row[index] !== "string"));
  const lines = all.map((row) =>
    row
      .map((cell, index) => {
        const width = widths[index] ?? 0;
        return isNumber[index] ? cell.padStart(width) : cell.padEnd(width);
      })
      .join("  ")
      .trimEnd(),
  );
  return [title, ...notes, ...lines.map((line) => `  ${line}`), ""];
}
