import { render } from "preact";
import { Chart, type Panel } from "../web/chart.tsx";
import { dayOf } from "./day-of-minutes.ts";

const LINES = 6;

const columnOf = (panel: number, line: number) => `${panel}:${line}`;

const panels = Array.from({ length: 12 }, (_, panel): Panel => ({
  title: `Panel ${panel}`,
  unit: "a minute",
  lines: Array.from({ length: LINES }, (__, line) => ({
    label: `line ${line}`,
    values: ({ columns }) => columns[columnOf(panel, line)] ?? [],
  })),
}));

const columns = panels.flatMap((_, panel) =>
  Array.from({ length: LINES }, (__, line) => columnOf(panel, line)),
);

/** Draws all charts, and resolves with the milliseconds until the frame after that. */
async function draw(seed: number): Promise<number> {
  const series = dayOf(columns, seed);
  const place = document.getElementById("app");
  const startMs = performance.now();
  if (place)
    render(
      <div class="panels">
        {panels.map((panel) => (
          <Chart key={panel.title} panel={panel} series={series} theme="light" />
        ))}
      </div>,
      place,
    );
  const drawn = () => document.querySelectorAll("canvas").length === panels.length;
  do {
    // oxlint-disable-next-line no-await-in-loop -- frame after frame
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
  } while (!drawn());
  return performance.now() - startMs;
}

Object.assign(window, { draw });
