import { type Command, UsageError } from "./ops-command.ts";
import { safe } from "./terminal-text.ts";

export const preflight: Command = {
  summary: "run the checklist of docs/deploy.md before a deployment",
  standsAlone: true,
  teaches: `Checks what a deployment needs: the working copy, the variables of --stage (.env and .env.NAME, overridden by the
shell), the regions, Redis, the issuer's discovery document and keys, the operators' sign-in and, for production with AWS
credentials in the environment, the account's Lambda concurrency. A check that it cannot make says "skipped". It deploys nothing, and exits with 1 if there is a fault.`,
  examples: ["preflight --stage production", "preflight --stage alice --json"],
  async run({ flags: { stage } }, { env: shell, folder }) {
    if (typeof stage !== "string") throw new UsageError("name the stage to deploy: --stage NAME");
    const { preflightChecks } = await import("./preflight-checks.ts");
    const results = await preflightChecks(stage, folder, shell);
    const lines = results.map(
      ({ name, result, says }) => `${result.padEnd(7)} ${name.padEnd(20)} ${safe(says)}`,
    );
    const failed = results.some(({ result }) => result === "fault");
    return { data: { stage, checks: results }, text: lines.join("\n"), failed };
  },
};
