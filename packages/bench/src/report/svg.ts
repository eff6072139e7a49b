import type { Chart } from "../result.ts";
import { textOf } from "./number-text.ts";

const WIDTH = 760;
const LABEL_WIDTH = 250;
const BAR_HEIGHT = 18;
const GAP = 6;
const TOP = 34;
/** Space for the number after the longest bar. */
const NUMBER_WIDTH = 90;

/** Horizontal bars on a linear scale that begins at 0. */
export function toSvg({ title, unit, bars }: Chart): string {
  // No bar has a length if all values are 0.
  const most = Math.max(...bars.map(({ value }) => value)) || 1;
  const height = TOP + bars.length * (BAR_HEIGHT + GAP);
  const lines = bars.flatMap(({ label, value }, index) => {
    const y = TOP + index * (BAR_HEIGHT + GAP);
    const width = Math.max(1, Math.round((value / most) * (WIDTH - LABEL_WIDTH - NUMBER_WIDTH)));
    const fill = label.startsWith("@algoitny/cache") ? "#0a7d4b" : "#8a94a6";
    const baseline = y + BAR_HEIGHT - 5;
    return [
      `<text x="${LABEL_WIDTH - 8}" y="${baseline}" text-anchor="end">${escaped(label)}</text>`,
      `<rect x="${LABEL_WIDTH}" y="${y}" width="${width}" height="${BAR_HEIGHT}" fill="${fill}"/>`,
      `<text x="${LABEL_WIDTH + width + 6}" y="${baseline}">${textOf(value)} ${escaped(unit)}</text>`,
    ];
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" font-family="sans-serif" font-size="12" fill="#333">`,
    `<rect width="100%" height="100%" fill="#fff"/>`,
    `<text x="8" y="20" font-size="14" font-weight="bold">${escaped(title)}</text>`,
    ...lines,
    "</svg>",
    "",
  ].join("\n");
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
