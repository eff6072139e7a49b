import { useState } from "preact/hooks";
import type { Explained } from "./answers.ts";
import { call } from "./api.ts";
import { clock, number, safe } from "./safe-text.ts";

/** Highest number of keys that are shown. */
const MOST = 50;

const TIMES = ["loaded_at", "fresh_until", "stale_until", "error_until"] as const;

/** Finds keys by a pattern, shows the chosen entry's state, and offers its invalidation. */
export function Explorer({ onInvalidate }: { onInvalidate: (key: string) => void }) {
  const [pattern, setPattern] = useState("problem_list*");
  const [keys, setKeys] = useState<string[]>();
  const [entry, setEntry] = useState<Explained>();
  const [value, setValue] = useState<string>();
  const [error, setError] = useState<string>();

  async function attempt(work: () => Promise<void>): Promise<void> {
    setError(undefined);
    await work().catch((failure: unknown) =>
      setError(failure instanceof Error ? failure.message : String(failure)),
    );
  }
  const find = () =>
    attempt(async () => {
      const path = `cache/keys/?pattern=${encodeURIComponent(pattern)}`;
      setKeys((await call<{ keys: string[] }>("GET", path)).keys.toSorted());
    });
  const entryAt = (key: string) => `cache/entry/?key=${encodeURIComponent(key)}`;
  const explain = (key: string) =>
    attempt(async () => {
      setValue(undefined);
      setEntry(await call("GET", entryAt(key)));
    });
  // For admins only, and logged with the admin's subject, because the value may contain personal data.
  const showValue = (key: string) =>
    attempt(async () => {
      const { value: held } = await call<{ value?: unknown }>("GET", `${entryAt(key)}&value=true`);
      setValue(held === undefined ? "It is no longer stored." : safeLines(held));
    });

  return (
    <section class="panel wide">
      <h2>Stored keys</h2>
      <div class="row">
        <label>
          Pattern of keys
          <input value={pattern} onInput={({ currentTarget }) => setPattern(currentTarget.value)} />
        </label>
        <button type="button" onClick={() => void find()}>
          Find
        </button>
      </div>
      <p role="status">
        {error ??
          (keys
            ? `${keys.length} ${keys.length === 1 ? "key" : "keys"} in the first step of the search${keys.length > MOST ? `, the first ${MOST} shown` : ""}`
            : "")}
      </p>
      {entry && (
        <>
          <Entry entry={entry} />
          <div class="row">
            <button type="button" onClick={() => void showValue(entry.key)}>
              Show its value
            </button>
            <button type="button" onClick={() => onInvalidate(entry.key)}>
              Invalidate this entry…
            </button>
          </div>
          {value !== undefined && (
            <pre tabIndex={0} aria-label="Value of the chosen entry">
              {value}
            </pre>
          )}
        </>
      )}
      <ul class="keys">
        {keys?.slice(0, MOST).map((key) => (
          <li key={key}>
            <button type="button" class="link" onClick={() => void explain(key)}>
              {safe(key)}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

const safeLines = (value: unknown) =>
  JSON.stringify(value, null, 2).split("\n").map(safe).join("\n");

function Entry({ entry }: { entry: Explained }) {
  const rows = [
    ["state", entry.state + (entry.loading ? ", being loaded" : "")],
    ...TIMES.flatMap((name) =>
      typeof entry[name] === "number" ? [[name.replace("_", " "), clock(entry[name])]] : [],
    ),
    ...(Array.isArray(entry["value_tags"]) && entry["value_tags"].length > 0
      ? [["tags of its value", safe(entry["value_tags"].join(", "))]]
      : []),
    ...(["load_ms", "bytes", "status", "coding", "etag", "key_id"] as const).flatMap((name) =>
      entry[name] === undefined
        ? []
        : [
            [
              name.replace("_", " "),
              typeof entry[name] === "number" ? number(entry[name]) : JSON.stringify(entry[name]),
            ],
          ],
    ),
  ];
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="The chosen entry">
      <Lifetime entry={entry} />
      <table>
        <caption>{safe(entry.key)}</caption>
        <tbody>
          {rows.map(([name, value]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{value}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="unit">
        This state is by time only: the next read also checks for an invalidation since the load.
      </p>
    </div>
  );
}

/** Phases of a lifetime, in order: their CSS classes, ends and labels. */
const SPANS = [
  ["fresh", "fresh_until", "fresh"],
  ["stale", "stale_until", "stale while it is refreshed"],
  ["stands-in", "error_until", "served only if the load fails"],
] as const;

/** Lifetime from the load to its end, with a mark at the present; the table below has the same values. */
function Lifetime({ entry }: { entry: Explained }) {
  const { loaded_at: from } = entry;
  if (typeof from !== "number") return null;
  const now = Date.now() / 1_000;
  const ends = SPANS.map(([, name]) => Number(entry[name] ?? from));
  const length = Math.max(1, now - from, ...ends.map((end) => end - from));
  const at = (seconds: number) => (100 * (seconds - from)) / length;
  return (
    <>
      <svg class="lifetime" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
        {SPANS.map(([name], index) => {
          const start = at(ends[index - 1] ?? from);
          const width = Math.max(0, at(ends[index] ?? from) - start);
          return <rect class={name} key={name} x={start} y="2" width={width} height="6" />;
        })}
        <rect class="now" x={Math.min(99.5, at(now))} y="0" width="0.5" height="10" />
      </svg>
      <p class="unit" aria-hidden="true">
        {SPANS.map(([name, , words]) => (
          <span class={`span ${name}`} key={name}>
            {words}
          </span>
        ))}
        <span class="span now">now</span>
      </p>
    </>
  );
}
