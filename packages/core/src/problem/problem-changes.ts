import type { Change } from "../table/entities.ts";
import { listPlatforms } from "../tags.ts";
import type { Problem } from "./problem.ts";
import type { ProblemWithBody } from "./problem-reads.ts";

/** Changes of the head and the body by a write. */
export function changesOf(before: ProblemWithBody | undefined, after: ProblemWithBody): Change[] {
  return [
    { entity: "problem", before: before?.problem ?? null, after: after.problem },
    { entity: "problem_body", before: before?.body ?? null, after: after.body ?? null },
  ];
}

/**
 * Changes to report if a write finds nothing left to do. It may repeat a write whose invalidation failed or is in
 * progress, and the former state is unknown: so these touch every entry with rules that may show the problem, or have
 * shown it, on any platform and under any pair. `Database.inDoubt` does so for recorded entries.
 */
export function changesInDoubt(problem: Problem): Change[] {
  return [
    changeOfVisibility(problem),
    ...listPlatforms.map((platform) => changeOfVisibility({ ...problem, platform })),
    // This change invalidates details that were found under a former pair of the problem.
    {
      entity: "problem_body",
      before: null,
      after: { id: problem.id, constraints: "", solution_code: null },
    },
  ];
}

/** A change that touches every view of a problem in its current state: listed, draft or deleted. */
export function changeOfVisibility(problem: Problem): Change {
  const listed = { ...problem, is_completed: true, is_deleted: false };
  return { entity: "problem", before: listed, after: { ...listed, is_completed: false } };
}
