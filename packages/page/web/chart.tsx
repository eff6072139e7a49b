import { useEffect, useRef, useState } from "preact/hooks";
import uPlot from "uplot";
import type { Series } from "./answers.ts";
import { clock, number, spokenNumber } from "./safe-text.ts";

/** One line of a chart. */
export interface Line {
  label: string;
  /** One value for each interval, null if there is none. */
  values: (series: Series) => (number | null)[];
}

export interface Panel {
  /** Heading of the panel. */
  title: string;
  unit: string;
  lines: readonly Line[];
}

/** Dashes by which lines differ too; style.css has their colours: Okabe and Ito's, darker on a light background. */
const DASHES = [[], [6, 3], [2, 3], [8, 3, 2, 3], [1, 4]] as const;

const HEIGHT_PX = 170;

/** `10K`: more digits do not fit beside a chart. */
const COMPACT = new Intl.NumberFormat("en-US", { notation: "compact" });

/** Rows of the table behind a chart: the latest intervals. */
const ROWS = 12;

const styleOf = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name);

/** A figure: the lines, a sentence, the values under the crosshair for screen readers, and the latest values as a table. */
export function Chart({ panel, series, theme }: { panel: Panel; series: Series; theme: string }) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const [spoken, setSpoken] = useState("");
  // An incomplete interval would look like a drop.
  const times = series.times.slice(0, series.complete);
  const columns = panel.lines.map(({ values }) => values(series).slice(0, series.complete));
  const data = useRef<uPlot.AlignedData>([[]]);
  data.current = [times, ...columns] as unknown as uPlot.AlignedData;

  useEffect(() => {
    const { current: element } = place;
    if (!element) return undefined;
    const resized = new ResizeObserver(() =>
      plot.current?.setSize({ width: element.clientWidth, height: HEIGHT_PX }),
    );
    // Only charts that are visible, or nearly, are drawn: on a phone, one chart at first.
    const seen = new IntersectionObserver(
      (entries) => {
        if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
        seen.disconnect();
        plot.current = new uPlot(optionsOf(panel, element.clientWidth), data.current, element);
        resized.observe(element);
      },
      { rootMargin: `${HEIGHT_PX}px` },
    );
    seen.observe(element);
    return () => {
      seen.disconnect();
      resized.disconnect();
      plot.current?.destroy();
      plot.current = undefined;
    };
  }, [panel, theme]);

  useEffect(() => plot.current?.setData(data.current), [series]);

  function move(event: KeyboardEvent): void {
    const steps = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity }[event.key];
    const made = plot.current;
    if (steps === undefined || !made) return;
    event.preventDefault();
    const last = times.length - 1;
    const index = Math.min(last, Math.max(0, (made.cursor.idx ?? last) + steps));
    const time = times[index] ?? 0;
    made.setCursor({ left: made.valToPos(time, "x"), top: 0 });
    setSpoken(
      `${clock(time)}: ${panel.lines.map(({ label }, line) => `${label} ${spokenNumber(columns[line]?.[index])}`).join(", ")}`,
    );
  }

  const now = Math.max(0, series.complete - 1);
  const sentence = panel.lines
    .map(({ label }, line) => `${label} ${spokenNumber(columns[line]?.[now])}`)
    .join(", ");
  return (
    <section class="panel">
      <h2>{panel.title}</h2>
      <figure
        tabIndex={0}
        aria-label={`${panel.title}. Now, ${panel.unit}: ${sentence}. Arrow keys move through time.`}
        onKeyDown={move}
      >
        <div class="plot" ref={place} aria-hidden="true" />
        <figcaption>
          {panel.lines.map(({ label }, line) => (
            <span class={`key line${line}`} key={label}>
              {label} <b>{number(columns[line]?.[now])}</b>
            </span>
          ))}
          <span class="unit">{panel.unit}</span>
        </figcaption>
      </figure>
      <p class="spoken" role="status">
        {spoken}
      </p>
      <details>
        <summary>Values</summary>
        <Values panel={panel} series={series} columns={columns} />
      </details>
    </section>
  );
}

function Values({
  panel,
  series,
  columns,
}: {
  panel: Panel;
  series: Series;
  columns: (number | null)[][];
}) {
  const first = Math.max(0, series.complete - ROWS);
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={`Values of: ${panel.title}`}>
      <table>
        <thead>
          <tr>
            <th scope="col">time</th>
            {panel.lines.map(({ label }) => (
              <th scope="col" key={label}>
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {series.times.slice(first, series.complete).map((time, row) => (
            <tr key={time}>
              <th scope="row">{clock(time)}</th>
              {columns.map((values, line) => (
                <td key={line}>{number(values[first + row])}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Single values between two gaps, drawn as points: a line would not show them. */
function isolated({ data }: uPlot, line: number): number[] {
  const values = data[line] ?? [];
  const isKnown = (index: number) => typeof values[index] === "number";
  return Array.from(values.keys()).filter(
    (index) => isKnown(index) && !isKnown(index - 1) && !isKnown(index + 1),
  );
}

function optionsOf({ lines }: Panel, width: number): uPlot.Options {
  const ink = styleOf("--ink-soft");
  const grid = { stroke: styleOf("--rule"), width: 1 };
  const axis = { stroke: ink, grid, ticks: grid, font: "12px system-ui" };
  const times = (_: uPlot, seconds: number[]) => seconds.map((each) => clock(each).slice(0, 5));
  return {
    width,
    height: HEIGHT_PX,
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false } },
    scales: { y: { range: (_, __, most) => [0, Math.max(1, most * 1.1)] } },
    axes: [
      { ...axis, values: times },
      { ...axis, size: 48, values: (_, ticks) => ticks.map((tick) => COMPACT.format(tick)) },
    ],
    series: [
      {},
      ...lines.map(({ label }, line) => ({
        label,
        stroke: styleOf(`--line${line}`),
        width: 2,
        dash: [...(DASHES[line] ?? [])],
        spanGaps: false,
        points: { show: true, size: 4, filter: isolated },
      })),
    ],
  };
}
