import * as z from "zod";

const Guarded = z.object({ ended: z.array(z.string()) });

/** Sums up the answer of GuardExperiments; undefined for any other answer. */
export function guardText(answer: unknown): string | undefined {
  const { data } = Guarded.safeParse(answer);
  if (data === undefined) return undefined;
  return data.ended.length === 0
    ? "no experiment was ended"
    : `ended the experiments on ${data.ended.join(", ")}`;
}
