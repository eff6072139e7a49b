import { useState } from "preact/hooks";
import type { Stored } from "./answers.ts";
import { call } from "./api.ts";
import { cellsOf, DataTable } from "./data-table.tsx";
import { number, safe } from "./safe-text.ts";

const COLUMNS = ["entries"] as const;

/** Number of stored entries of each view. Counting takes one command per thousand keys in Redis, so only a button starts it. */
export function StoredViews() {
  const [stored, setStored] = useState<Stored>();
  const [problem, setProblem] = useState<string>();
  async function count(): Promise<void> {
    try {
      setStored(await call<Stored>("GET", "cache/stats/"));
      setProblem(undefined);
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
  }
  const rows = Object.entries(stored?.by_resource ?? {}).toSorted(([, a], [, b]) => b - a);
  return (
    <section class="panel">
      <h2>Entries by view</h2>
      <button type="button" onClick={() => void count()}>
        Count stored entries
      </button>
      <p role="alert">{problem !== undefined && safe(problem)}</p>
      {stored && rows.length === 0 && <p>Nothing is stored.</p>}
      {rows.length > 0 && (
        <DataTable
          label="Entries by view"
          corner="view"
          columns={COLUMNS}
          rows={rows.map(([name, entries]) => ({
            name: safe(name),
            cells: cellsOf(COLUMNS, () => number(entries)),
          }))}
        />
      )}
      {stored?.complete === false && <p>Time ran out: there are more entries than these.</p>}
    </section>
  );
}
