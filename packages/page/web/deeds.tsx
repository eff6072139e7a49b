import { useEffect, useRef, useState } from "preact/hooks";
import type { Invalidated } from "./answers.ts";
import { call } from "./api.ts";
import { clock, number, safe } from "./safe-text.ts";

export type DeedName = "invalidate" | "warm" | "clear" | "try" | "stop";

interface Deed {
  title: string;
  explains: string;
  /** Label and hint of the deed's field, if it has a field; one with targets shows the hint of the chosen target. */
  field?: { label: string; hint: string; isOptional?: true; hasTargets?: true };
  /** Effect of the deed, in words. */
  rehearse: (given: string, target: Target) => Promise<string>;
  perform: (given: string, target: Target) => Promise<string>;
}

/** Targets of an invalidation: the field in the API, and an example. */
const targets = {
  tag: { fieldOf: (given: string) => ({ tags: [given] }), hint: "problem:7" },
  key: { fieldOf: (given: string) => ({ keys: [given] }), hint: "problem_detail:id:7" },
  pattern: { fieldOf: (given: string) => ({ pattern: given }), hint: "problem_list*" },
  problem: { fieldOf: (given: string) => ({ problem_id: Number(given) }), hint: "7" },
  user: { fieldOf: (given: string) => ({ user_id: given }), hint: "auth0|7" },
} as const;

export type Target = keyof typeof targets;

const INVALIDATE = "cache/invalidate/";

function whatOf({ tags, keys, pattern }: Invalidated): string {
  const some = (names: readonly string[], noun: string) =>
    names.length === 0
      ? []
      : [
          `${names.length} ${noun}${names.length === 1 ? "" : "s"}: ${names.slice(0, 5).map(safe).join(", ")}`,
        ];
  const parts = [
    ...some(tags, "tag"),
    ...some(keys, "key"),
    ...(pattern ? [`${number(pattern.entries)} entries by pattern`] : []),
  ];
  return parts.join("; ") || "nothing";
}

interface Warmed {
  due: number;
  refreshed: number;
  failed: number;
  left: number;
}

const planOf = (given: string) => (given === "" ? {} : { plan: given });

const deeds: Record<DeedName, Deed> = {
  invalidate: {
    title: "Invalidate",
    explains:
      "Invalidates the entries with a tag, one entry by its key, the entries that match a pattern, or every view that shows a problem or a user (by the subject of their tokens).",
    field: { label: "Name", hint: "", hasTargets: true },
    rehearse: async (given, target) =>
      `Would invalidate: ${whatOf(await call<Invalidated>("POST", INVALIDATE, { ...targets[target].fieldOf(given), dry_run: true }))}.`,
    perform: async (given, target) =>
      `Invalidated: ${whatOf(await call<Invalidated>("POST", INVALIDATE, targets[target].fieldOf(given)))}.`,
  },
  warm: {
    title: "Warm",
    explains:
      "Loads a plan's entries that are missing or near their end; without a name, those of all plans.",
    field: { label: "Plan", hint: "problem_lists", isOptional: true },
    rehearse: async (given) =>
      `${number((await call<Warmed>("POST", "cache/warm/", { ...planOf(given), dry_run: true })).due)} entries are due.`,
    perform: async (given) => {
      const warmed = await call<Warmed>("POST", "cache/warm/", planOf(given));
      const { refreshed, failed, left } = warmed;
      return `Refreshed ${number(refreshed)}, failed ${number(failed)}, left ${number(left)}.`;
    },
  },
  clear: {
    title: "Clear",
    explains: "Invalidates everything: each entry is loaded again at its next read.",
    rehearse: async () =>
      `Would invalidate: ${number((await call<{ entries: number }>("GET", "cache/stats/")).entries)} entries.`,
    perform: async () => {
      await call("POST", "cache/clear/", {});
      return "Everything is invalidated.";
    },
  },
  try: {
    title: "Try a lifetime",
    explains:
      "Half of a view's keys get another lifetime, in turns; the result compares the costs.",
    field: { label: "View and seconds", hint: "problem_detail 1200" },
    rehearse: async (given) => `Would try ${await startExperiment(given, true)}`,
    perform: async (given) => `Tries ${await startExperiment(given, false)}`,
  },
  stop: {
    title: "Stop the experiment",
    explains: "Within a minute, new entries have their usual lifetime again.",
    field: { label: "View", hint: "problem_detail" },
    rehearse: async (given) => `Would end the experiment on ${safe(given)}.`,
    perform: async (given) => {
      await call("POST", `experiments/${encodeURIComponent(given)}/stop/`, {});
      return `The experiment on ${safe(given)} has ended.`;
    },
  },
};

interface Started {
  experiment: {
    view: string;
    usual_seconds: number;
    trial_seconds: number;
    slot_seconds: number;
    started_at: number;
  };
}

/** Starts an experiment on a view's lifetime, except in a dry run, and returns it in words. */
async function startExperiment(given: string, dryRun: boolean): Promise<string> {
  const [view, seconds] = given.split(/\s+/);
  const body = { view, ttl_seconds: Number(seconds), dry_run: dryRun };
  const { experiment } = await call<Started>("POST", "experiments/", body);
  const { usual_seconds: usual, trial_seconds: trial, slot_seconds: slot } = experiment;
  const from = clock(Math.ceil(experiment.started_at / slot) * slot);
  return `${trial} s instead of ${usual} s for ${safe(experiment.view)}, starting at ${from} in slots of ${number(slot / 60)} min.`;
}

/** Dialog of a deed: shows what it would do, asks for the service's name (the app's and the stage's), then shows the result. */
export function DeedDialog({
  name,
  given: first = "",
  target: firstTarget = "tag",
  stage,
  onClose,
}: {
  name: DeedName;
  /** Initial text of the deed's field. */
  given?: string;
  target?: Target;
  stage: string;
  onClose: () => void;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [given, setGiven] = useState(first);
  const [target, setTarget] = useState(firstTarget);
  const [typed, setTyped] = useState("");
  const [effect, setEffect] = useState<string>();
  const [result, setResult] = useState<string>();
  const [failure, setFailure] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const deed = deeds[name];
  useEffect(() => dialog.current?.showModal(), []);

  async function run(
    step: (text: string, chosen: Target) => Promise<string>,
    set: (text: string) => void,
  ): Promise<void> {
    setBusy(true);
    setFailure(undefined);
    try {
      set(await step(given.trim(), target));
    } catch (error) {
      setFailure(`It failed: ${error instanceof Error ? error.message : String(error)}`);
    }
    setBusy(false);
  }

  const mayRun = effect !== undefined && typed === stage && result === undefined && !isBusy;
  return (
    <dialog ref={dialog} aria-labelledby="deed-title" onClose={onClose}>
      <h2 id="deed-title">{deed.title}</h2>
      <p>{deed.explains}</p>
      {deed.field?.hasTargets && (
        <label>
          What
          <select
            value={target}
            onChange={({ currentTarget }) => {
              setTarget(currentTarget.value as Target);
              setEffect(undefined);
            }}
          >
            {Object.keys(targets).map((each) => (
              <option key={each}>{each}</option>
            ))}
          </select>
        </label>
      )}
      {deed.field && (
        <label>
          {deed.field.label}
          <input
            value={given}
            placeholder={deed.field.hasTargets ? targets[target].hint : deed.field.hint}
            onInput={({ currentTarget }) => {
              setGiven(currentTarget.value);
              setEffect(undefined);
            }}
          />
        </label>
      )}
      <button
        type="button"
        disabled={
          isBusy || (deed.field !== undefined && !deed.field.isOptional && given.trim() === "")
        }
        onClick={() => void run(deed.rehearse, setEffect)}
      >
        Show what would happen
      </button>
      <p role="status">{failure ?? result ?? effect ?? ""}</p>
      {effect !== undefined && result === undefined && (
        <label>
          Type {stage} to go on
          <input
            value={typed}
            autocomplete="off"
            onInput={({ currentTarget }) => setTyped(currentTarget.value)}
          />
        </label>
      )}
      <div class="row">
        <button
          type="button"
          class="danger"
          disabled={!mayRun}
          onClick={() => void run(deed.perform, setResult)}
        >
          {deed.title} now
        </button>
        <button type="button" onClick={() => dialog.current?.close()}>
          Close
        </button>
      </div>
    </dialog>
  );
}
