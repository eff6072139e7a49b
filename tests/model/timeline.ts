import { replayChoices } from "@algoitny/cache/testing/explore";
import type { Mutation } from "./cache-instance.ts";
import { run } from "./run-scenario.ts";
import type { Counterexample } from "./shrink.ts";

/** A counterexample in readable form: each step with its actor and time, and the broken promise. */
export async function timeline(
  { scenario, choices }: Counterexample,
  mutation?: Mutation,
): Promise<string> {
  const lines = ["    ms  who    what"];
  const write = (atMs: number, who: string, what: string) =>
    lines.push(`${String(atMs).padStart(6)}  ${who.padEnd(6)} ${what}`);
  const { complaint } = await run(scenario, replayChoices(choices), { mutation, timeline: write });
  return [
    ...lines,
    "",
    `BROKEN: ${complaint?.promise ?? "nothing, when replayed"}`,
    complaint?.text ?? "",
  ].join("\n");
}
