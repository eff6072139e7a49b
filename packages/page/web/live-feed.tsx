import { useEffect, useRef, useState } from "preact/hooks";
import type { Seen } from "./answers.ts";
import { call } from "./api.ts";
import { usePolling } from "./polling.ts";
import { clock, counted, number, safe } from "./safe-text.ts";

const EVERY_MS = 5_000;

/** Highest number of rows on the page. */
const MOST_ROWS = 50;

/** Outcomes of requests as they happen. Until it is started, it sends no request, and screen readers announce nothing. */
export function LiveFeed({ onSignedOut }: { onSignedOut: () => void }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <section class="panel wide">
      <h2>Live requests</h2>
      <button type="button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        {isOpen ? "Stop the live feed" : "Start the live feed"}
      </button>
      {isOpen && <Rows onSignedOut={onSignedOut} />}
    </section>
  );
}

function Rows({ onSignedOut }: { onSignedOut: () => void }) {
  const from = useRef<number>(undefined);
  const [rows, setRows] = useState<readonly Seen[]>([]);
  const { answer, error } = usePolling(
    "requests",
    async () => {
      const asked = from.current === undefined ? "" : `?from=${from.current}`;
      const seen = await call<{ requests: Seen[]; next_from: number }>("GET", `requests/${asked}`);
      from.current = seen.next_from;
      return seen;
    },
    EVERY_MS,
    onSignedOut,
  );
  useEffect(() => {
    if (!answer) return;
    // Queries overlap in time, because a request's line reaches the log some seconds after the request.
    setRows((known) => {
      const ids = new Set(known.map(({ id }) => id));
      const added = answer.requests.filter(({ id }) => !ids.has(id));
      return [...added.toReversed(), ...known].slice(0, MOST_ROWS);
    });
  }, [answer]);
  return (
    <div class="scroll" tabIndex={0} role="log" aria-label="Requests, the latest first">
      {error !== undefined && <p class="fault">No lines: {safe(error)}</p>}
      {!answer && error === undefined && <p>Asking the API…</p>}
      {rows.length === 0 && answer?.requests.length === 0 && error === undefined && (
        <p>No requests in the last ten seconds, except those of operators.</p>
      )}
      <table>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id} class={row.failed ? "fault" : undefined}>
              <th scope="row">{clock(row.at / 1_000)}</th>
              <td class="name">{safe(row.endpoint)}</td>
              <td>{row.failed ? "failed" : (row.outcome ?? "–")}</td>
              <td>{number(row.ms)} ms</td>
              <td class="name">{factsOf(row)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function factsOf({
  status,
  reason,
  database_reads: reads,
  tags_invalidated: tags,
  key_id,
}: Seen): string {
  return [
    ...(status === null ? [] : [String(status)]),
    ...(reason === null ? [] : [reason]),
    ...(reads > 0 ? [counted(reads, "read")] : []),
    ...(tags > 0 ? [`${counted(tags, "tag")} invalidated`] : []),
    ...(key_id === null ? [] : [`key ${safe(key_id)}`]),
  ].join(", ");
}
