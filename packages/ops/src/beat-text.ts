import { z } from "zod";

/** The part of the beat's answer that a sentence needs. */
const Report = z.discriminatedUnion("state", [
  z.object({ state: z.literal("failed") }),
  z.object({
    state: z.enum(["advanced", "cleared", "late"]),
    closed_age_ms: z.number(),
    missing: z.int(),
  }),
]);

/** Sums up the beat's answer: `every change up to 0.6 s ago is invalidated`. Returns undefined for any other answer. */
export function beatText(answer: unknown): string | undefined {
  const { data: report } = Report.safeParse(answer);
  if (report === undefined) return undefined;
  switch (report.state) {
    case "failed":
      return "the beat failed: the log of its function (here that of `npm run dev`) says why; `npm run ops -- doctor` finds faults";
    case "late":
      return "this beat changed nothing: a later beat has already reached Redis";
    default: {
      const ago = `${(report.closed_age_ms / 1_000).toFixed(1)} s ago`;
      const closed = `every change up to ${ago} is invalidated`;
      const missing =
        report.missing > 0 ? `; ${report.missing} probes have not come through the stream` : "";
      const cleared = "Redis was not as the last beat left it, so everything is invalidated; ";
      return `${report.state === "cleared" ? cleared : ""}${closed}${missing}`;
    }
  }
}
