import type { RestoreOptions } from "./runbooks.ts";
import type { Step } from "./step.ts";

/** Text that may stand between single quotes in a shell, which only end at another quote. */
const betweenQuotes = (text: string) => text.replaceAll("'", String.raw`'\''`);
const quoted = (text: string) => `'${betweenQuotes(text)}'`;

/** The runbook as a shell script: commands, with each reason as a comment before the first command that has it. */
export function runbookText(steps: readonly Step[], options: RestoreOptions): string {
  const commands = steps.flatMap((step, index) => [
    ...(step.why === steps[index - 1]?.why ? [] : ["", `# ${step.why}`]),
    ...commandsOf(step, options),
  ]);
  const asksApi = steps.some((step) => "request" in step);
  return [
    `export AWS_REGION=${options.region}`,
    ...(asksApi
      ? ["# Before the first step: export API=<the API's address> TOKEN=<an admin's token>"]
      : []),
    ...commands,
  ].join("\n");
}

function commandsOf(step: Step, { stage, table }: RestoreOptions): string[] {
  if ("aws" in step) {
    if (step.aws === "dynamodb restore-table-from-backup")
      return [
        `BACKUP=$(aws dynamodb list-backups --table-name ${table} --backup-type SYSTEM --query 'sort_by(BackupSummaries, &BackupCreationDateTime)[-1].BackupArn' --output text)`,
        `aws ${step.aws} --target-table-name ${step.input.TargetTableName} --backup-arn "${step.input.BackupArn}"`,
      ];
    return [`aws ${step.aws} --cli-input-json ${quoted(JSON.stringify(step.input))}`];
  }
  if ("waitFor" in step) return [`aws dynamodb wait table-exists --table-name ${step.waitFor}`];
  if ("sst" in step) return [`npx sst ${step.sst} --stage ${stage}`];
  if ("adopt" in step)
    return [
      `# stacks/restored-tables.ts: export const restoredTables: Record<string, string> = { ${stage}: "${step.adopt}" };`,
    ];
  if ("copy" in step) return copyCommands(step.copy);
  if ("npm" in step) return [`npm run ${step.npm} -- $API $TOKEN`];
  const [method, path] = step.request.split(" ");
  return [`curl --fail -X ${method} "$API${path}" -H "Authorization: Bearer $TOKEN"`];
}

/** Commands that copy every item under the partition key: `query` prints the sort keys, and the shell reads one per line. */
function copyCommands({ pk, from, to }: { pk: string; from: string; to: string }): string[] {
  const values = quoted(JSON.stringify({ ":pk": { S: pk } }));
  return [
    `aws dynamodb query --table-name ${from} --key-condition-expression 'pk = :pk' --expression-attribute-values ${values} --query 'Items[].sk.S' --output text | tr '\\t' '\\n' |`,
    `while read -r SK; do KEY='{"pk":{"S":${betweenQuotes(JSON.stringify(pk))}},"sk":{"S":"'"$SK"'"}}'`,
    `aws dynamodb put-item --table-name ${to} --item "$(aws dynamodb get-item --table-name ${from} --key "$KEY" --query Item --output json)"; done`,
  ];
}
