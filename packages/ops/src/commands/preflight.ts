import { type Command, UsageError } from "./ops-command.ts";
import { safe } from "./terminal-text.ts";

/** Names of stages that SST accepts. */
const STAGE = /^[a-z\d-]+$/i;

export const preflight: Command = {
  summary: "run the checklist of docs/deploy.md before a deployment",
  standsAlone: true,
  teaches: `Checks what a deployment needs: the working copy, the variables of --stage (.env and .env.NAME, overridden by the
shell), AWS credentials (found, not tried), the regions, Redis, the issuer's discovery document and keys, the operators'
sign-in and, for production with AWS credentials in the environment, the account's Lambda concurrency. A check that it
cannot make says "skipped". It deploys nothing, and exits with 1 if there is a fault.`,
  flags: { stage: { type: "string", value: "NAME", help: "the stage to deploy" } },
  examples: ["preflight --stage production", "preflight --stage alice --json"],
  async run({ flags: { stage } }, { env: shell, folder }) {
    if (typeof stage !== "string") throw new UsageError("name the stage to deploy: --stage NAME");
    if (!STAGE.test(stage))
      throw new UsageError(`--stage ${stage}: write letters, digits and hyphens, as SST requires`);
    const { preflightChecks } = await import("./preflight-checks.ts");
    const results = await preflightChecks(stage, folder, shell);
    const width = Math.max(...results.map(({ name }) => name.length));
    const lines = results.map(
      ({ name, result, says }) => `${result.padEnd(7)}  ${name.padEnd(width)}  ${safe(says)}`,
    );
    const failed = results.some(({ result }) => result === "fault");
    return { data: { stage, checks: results }, text: lines.join("\n"), failed };
  },
};
