/**
 * Longest name of a stage. Lambda accepts function names of 64 characters: `algoitny-`, the stage, a hyphen, and 34 characters
 * for the function's file (tests/stacks/names.test.ts).
 */
export const STAGE_NAME_LIMIT = 20;

const STAGE_NAME = new RegExp(`^[a-z][a-z0-9-]{0,${STAGE_NAME_LIMIT - 1}}$`);

/** Throws if AWS would refuse names made from the stage's name, which would otherwise fail in the middle of a deployment. */
export function checkStageName(stage: string): void {
  if (STAGE_NAME.test(stage)) return;
  throw new Error(
    `The stage name "${stage}" is refused: write a lower-case letter, then lower-case letters, digits and hyphens, at most ` +
      `${STAGE_NAME_LIMIT} characters in all, because AWS limits the names made from it. Deploy with --stage ${proposal(stage)}`,
  );
}

function proposal(stage: string): string {
  const legal = stage.toLowerCase().replaceAll(/[^a-z0-9-]+/g, "-");
  return legal.replace(/^[^a-z]+/, "").slice(0, STAGE_NAME_LIMIT) || "alice";
}
