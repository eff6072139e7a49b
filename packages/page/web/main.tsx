import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Finding, Series, Top } from "./answers.ts";
import { call, isSignedIn } from "./api.ts";
import { Chart } from "./chart.tsx";
import { checkedText } from "./checked-text.ts";
import { cellsOf, DataTable } from "./data-table.tsx";
import { DeedDialog, type DeedName, type Target } from "./deeds.tsx";
import { Explorer } from "./explorer.tsx";
import { Lifetimes } from "./lifetimes.tsx";
import { LiveFeed } from "./live-feed.tsx";
import { panels } from "./panels.ts";
import { usePolling } from "./polling.ts";
import { clock, number, safe } from "./safe-text.ts";
import { SignIn } from "./sign-in.tsx";
import { StoredViews } from "./stored-views.tsx";

const RANGES = ["15m", "1h", "3h", "24h", "14d"] as const;
const DEEDS: readonly DeedName[] = ["invalidate", "warm", "clear"];

const FINDINGS_MS = 5_000;
const NUMBERS_MS = 10_000;
const RANKING_MS = 60_000;

const OUTCOMES = ["requests", "hit", "stale", "miss", "bypass", "uncached"] as const;

function Page() {
  const [state, setState] = useState(isSignedIn() ? "in" : "out");
  return state === "in" ? (
    <Dashboard onSignedOut={() => setState("refused")} />
  ) : (
    <SignIn wasRefused={state === "refused"} onSignedIn={() => setState("in")} />
  );
}

function Dashboard({ onSignedOut }: { onSignedOut: () => void }) {
  const [range, setRange] = useState(
    new URLSearchParams(location.hash.slice(1)).get("range") ?? "1h",
  );
  const [deed, setDeed] = useState<{ name: DeedName; given?: string; target?: Target }>();
  const [closedDeeds, setClosedDeeds] = useState(0);
  const [theme, setTheme] = useState("system");
  useEffect(() => history.replaceState(null, "", `#range=${range}`), [range]);
  useEffect(() => {
    document.documentElement.dataset["theme"] = theme;
  }, [theme]);
  const numbers = usePolling(
    range,
    () => call<Series>("GET", `metrics/?range=${range}&by=endpoint`),
    NUMBERS_MS,
    onSignedOut,
  );
  const faults = usePolling(
    "findings",
    () => call<{ findings: Finding[] }>("GET", "findings/"),
    FINDINGS_MS,
    onSignedOut,
  );
  const top = usePolling("top", () => call<Top>("GET", "cache/top/"), RANKING_MS, onSignedOut);
  const { answer: series } = numbers;
  function closeDeed(): void {
    setDeed(undefined);
    setClosedDeeds(closedDeeds + 1);
  }
  const stage = series?.service ?? "";
  const mayLook = series !== undefined || !numbers.isForbidden;
  const otherPerson = mayLook ? "" : "; reload the page to sign in as one of them";
  // The upper parts are shown at once: one that arrived later would move the text that is being read.
  const isAsking = [numbers, faults, top].some(
    ({ answer, error }) => !answer && error === undefined,
  );
  if (isAsking)
    return (
      <p class="asking" role="status">
        Asking the API…
      </p>
    );

  return (
    <>
      <header>
        <h1>{stage === "" ? "Cache" : stage}</h1>
        <label>
          Range
          <select value={range} onChange={({ currentTarget }) => setRange(currentTarget.value)}>
            {RANGES.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <label>
          Theme
          <select value={theme} onChange={({ currentTarget }) => setTheme(currentTarget.value)}>
            {["system", "light", "dark"].map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <span class="updated">{series ? `as of ${clock(series.as_of)}` : "no numbers"}</span>
        <span class="deeds">
          {DEEDS.map((name) => (
            <button
              type="button"
              key={name}
              disabled={stage === ""}
              onClick={() => setDeed({ name })}
            >
              {name[0]?.toUpperCase()}
              {name.slice(1)}…
            </button>
          ))}
        </span>
      </header>
      <main>
        <Findings
          findings={faults.answer?.findings}
          errors={[
            ...(mayLook && faults.error !== undefined ? [`No findings: ${faults.error}`] : []),
            ...(numbers.error !== undefined ? [`No numbers: ${numbers.error}${otherPerson}`] : []),
          ]}
        />
        {series && <Tiles series={series} range={range} />}
        <div class="panels">
          {series &&
            panels.map((panel) => (
              <Chart key={panel.title} panel={panel} series={series} theme={theme} />
            ))}
          {top.answer && <Busiest {...top.answer} />}
          {series?.endpoints && <Endpoints endpoints={series.endpoints} />}
          {top.answer && <Operations {...top.answer} />}
          {mayLook && (
            <>
              <Lifetimes
                round={closedDeeds}
                onDeed={(name, given) => setDeed({ name, ...(given !== undefined && { given }) })}
                onSignedOut={onSignedOut}
              />
              <StoredViews />
              <Explorer
                onInvalidate={(key) => setDeed({ name: "invalidate", given: key, target: "key" })}
              />
              <LiveFeed onSignedOut={onSignedOut} />
            </>
          )}
        </div>
      </main>
      {deed && <DeedDialog {...deed} stage={stage} onClose={closeDeed} />}
    </>
  );
}

/** The findings, or a note that there are none. Screen readers announce their changes, but not those of the numbers. */
function Findings({
  findings,
  errors,
}: {
  findings: Finding[] | undefined;
  errors: readonly string[];
}) {
  return (
    <div class="strip" role="status">
      {errors.map((error) => (
        <p class="fault" key={error}>
          {safe(error)}
        </p>
      ))}
      {findings?.length === 0 && errors.length === 0 && <p class="well">All is well.</p>}
      {findings?.map(({ id, sentence, since, means, todo }) => (
        <details class="fault" key={id}>
          <summary>
            {sentence}. <span class="since">Since {clock(since)}</span>
          </summary>
          <p>{means}</p>
          <p>
            <b>Do:</b> {todo}
          </p>
        </details>
      ))}
    </div>
  );
}

function Tiles({
  series: { totals, columns, complete, period_seconds: period },
  range,
}: {
  series: Series;
  range: string;
}) {
  const reads = ["hit", "stale", "miss", "bypass"].reduce(
    (sum, name) => sum + (columns[name]?.[complete - 1] ?? 0),
    0,
  );
  const facts: [string, string][] = [
    [
      `cached in ${range}`,
      totals["cached_percent"] === null ? "–" : `${number(totals["cached_percent"])}%`,
    ],
    ["reads a second now", number(Math.round((10 * reads) / period) / 10)],
    [`worst hit p99 in ${range}`, `${number(totals["hit_p99_ms"])} ms`],
    [`worst miss p99 in ${range}`, `${number(totals["miss_p99_ms"])} ms`],
    [`errors in ${range}`, number(totals["errors"])],
    [`stale hits, of those checked in ${range}`, checkedText(totals)],
  ];
  return (
    <dl class="tiles">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

const ENDPOINT_COLUMNS = [
  "requests",
  "hit",
  "stale",
  "miss",
  "bypass",
  "cached_percent",
  "errors",
  "p99_ms",
] as const;

function Endpoints({ endpoints }: { endpoints: NonNullable<Series["endpoints"]> }) {
  const rows = Object.entries(endpoints).toSorted(
    ([, a], [, b]) => (b["requests"] ?? 0) - (a["requests"] ?? 0),
  );
  return (
    <section class="panel wide">
      <h2>Endpoints</h2>
      <DataTable
        label="Endpoints"
        corner="endpoint"
        columns={ENDPOINT_COLUMNS}
        rows={rows.map(([name, totals]) => ({
          name,
          cells: cellsOf(ENDPOINT_COLUMNS, (column) => number(totals[column])),
        }))}
      />
    </section>
  );
}

function Operations({ operations }: Top) {
  return (
    <section class="panel wide">
      <h2>GraphQL operations</h2>
      {operations.length === 0 && <p>No operation has been counted in the last hour or two.</p>}
      {operations.length > 0 && (
        <DataTable
          label="GraphQL operations"
          corner="operation"
          columns={OUTCOMES}
          rows={operations.map((counts) => ({
            name: counts.operation,
            cells: cellsOf(OUTCOMES, (column) => number(counts[column])),
          }))}
        />
      )}
    </section>
  );
}

function Busiest({ keys }: Top) {
  return (
    <section class="panel">
      <h2>Busiest keys</h2>
      {keys.length === 0 && <p>No reads of problems have been counted yet.</p>}
      <ol>
        {keys.slice(0, 10).map(({ key, share_percent: share }) => (
          <li key={key}>
            {safe(key)} <b>{number(share)}%</b>
          </li>
        ))}
      </ol>
    </section>
  );
}

const place = document.getElementById("app");
if (place) render(<Page />, place);
