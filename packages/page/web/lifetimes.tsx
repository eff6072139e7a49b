import { useState } from "preact/hooks";
import type { Advice, Arm, Experiment } from "./answers.ts";
import { call } from "./api.ts";
import type { DeedName } from "./deeds.tsx";
import { DataTable } from "./data-table.tsx";
import { usePolling } from "./polling.ts";
import { clock, number, safe } from "./safe-text.ts";

const EXPERIMENTS_MS = 60_000;

type OnDeed = (name: DeedName, given?: string) => void;

/**
 * Experiments on lifetimes with their results, and advice. Only a button requests the advice, for which the API reads a day of
 * every endpoint's metrics.
 */
export function Lifetimes({
  round,
  onDeed,
  onSignedOut,
}: {
  /** Changes when a deed's dialog closes, so that a started or stopped experiment is shown at once. */
  round: number;
  onDeed: OnDeed;
  onSignedOut: () => void;
}) {
  const { answer, error } = usePolling(
    `experiments ${round}`,
    () => call<{ experiments: Experiment[] }>("GET", "experiments/"),
    EXPERIMENTS_MS,
    onSignedOut,
  );
  return (
    <section class="panel wide">
      <h2>Lifetimes</h2>
      {error !== undefined && <p class="fault">No experiments: {safe(error)}</p>}
      {answer?.experiments.length === 0 && <p>No experiment yet.</p>}
      {answer?.experiments.map((experiment) => (
        <Report key={experiment.view} experiment={experiment} onDeed={onDeed} />
      ))}
      <div class="row">
        <button type="button" onClick={() => onDeed("try")}>
          Try a lifetime…
        </button>
      </div>
      <AdviceList onDeed={onDeed} />
    </section>
  );
}

const COLUMNS = ["reads", "cached %", "loads", "errors", "stale", "$ a million reads"] as const;

function Report({ experiment, onDeed }: { experiment: Experiment; onDeed: OnDeed }) {
  const {
    view,
    state,
    sentence,
    saves_percent: saves,
    broken_rail: rail,
    pairs,
    dropped,
  } = experiment;
  return (
    <article class="experiment">
      <h3>
        {safe(view)}: {state}
      </h3>
      <p>{safe(sentence)}</p>
      {state === "running" && rail !== null && <p class="fault">Harm: {safe(rail)}</p>}
      {saves && <Interval {...saves} />}
      <DataTable
        label={`Experiment on ${view}`}
        corner="lifetime"
        columns={COLUMNS}
        rows={[rowOf("usual", experiment.usual), rowOf("trial", experiment.trial)]}
      />
      <div class="row">
        <span class="since">
          Since {clock(experiment.counts_from)}. Pairs of slots counted: {pairs}, left out:{" "}
          {dropped}
        </span>
        {state === "running" && (
          <button type="button" onClick={() => onDeed("stop", view)}>
            Stop…
          </button>
        )}
      </div>
    </article>
  );
}

function rowOf(name: string, arm: Arm) {
  const { cached_percent: cached, dollars_per_1000_reads: dollars } = arm;
  return {
    name: `${name}, ${arm.ttl_seconds} s`,
    cells: {
      reads: number(arm.reads),
      "cached %": cached?.toFixed(1) ?? "–",
      loads: number(arm.loads),
      errors: number(arm.errors),
      stale: number(arm.verified_stale),
      "$ a million reads": dollars === null ? "–" : (1_000 * dollars).toFixed(2),
    },
  };
}

const WIDTH = 320;
const HEIGHT = 34;

/** Savings with their interval on a line with 0 in the middle; the sentence above has the same numbers. */
function Interval({ mean, low, high }: { mean: number; low: number; high: number }) {
  const most = Math.max(2, Math.abs(low), Math.abs(high)) * 1.1;
  const at = (percent: number) => WIDTH / 2 + (percent / most) * (WIDTH / 2);
  return (
    <svg class="interval" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
      <line class="axis" x1={0} x2={WIDTH} y1={12} y2={12} />
      <line class="axis" x1={WIDTH / 2} x2={WIDTH / 2} y1={4} y2={20} />
      <line class="range" x1={at(low)} x2={at(high)} y1={12} y2={12} />
      <circle class="mean" cx={at(mean)} cy={12} r={5} />
      <text x={0} y={HEIGHT - 2}>
        costs more
      </text>
      <text x={WIDTH} y={HEIGHT - 2} text-anchor="end">
        saves
      </text>
    </svg>
  );
}

function AdviceList({ onDeed }: { onDeed: OnDeed }) {
  const [advice, setAdvice] = useState<Advice[]>();
  const [says, setSays] = useState("");

  async function ask(): Promise<void> {
    setSays("asking…");
    try {
      const given = await call<{ advice: Advice[]; reads: number }>("GET", "advice/");
      setAdvice(given.advice);
      const found =
        given.advice.length === 0 ? "nothing to advise" : `${given.advice.length} found`;
      setSays(`${found}, from ${number(given.reads)} reads`);
    } catch (error) {
      setSays(`It failed: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  return (
    <>
      <div class="row">
        <button type="button" onClick={() => void ask()}>
          Ask for advice
        </button>
        <span role="status">{says}</span>
      </div>
      <ul class="advice">
        {advice?.map(({ sentence, todo, dollars_month: dollars, view }) => (
          <li key={sentence}>
            {safe(sentence)} {dollars > 0 && `Up to $${dollars.toFixed(2)} a month. `}
            <b>Do:</b> {safe(todo)}
            {view !== null && (
              <button type="button" onClick={() => onDeed("try", `${view} `)}>
                Try a lifetime of {view}…
              </button>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}
