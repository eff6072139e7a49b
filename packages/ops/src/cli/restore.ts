import { parseArgs } from "node:util";
import { runbookText } from "../restore/runbook-text.ts";
import { INCIDENTS, type RestoreOptions, runbookFor } from "../restore/runbooks.ts";
import { runCommand } from "./command.ts";

const USAGE = `Usage: npm run restore -- INCIDENT --stage S --table NAME --region R --account N [--at TIME] [--pk KEY] [--json]

Prints the commands that restore the stage's table, and runs none of them. INCIDENT is

  items     single items are wrong: copies those with a partition key (--pk) back, as they were at a time (--at)
  deleted   the table is gone: restores it from the backup that AWS keeps for 35 days
  rewind    the whole table is wrong: restores it, as it was at a time (--at), into a new table that the deployment adopts

  --stage S      the table's stage
  --table NAME   the table's name: aws dynamodb list-tables --query "TableNames[?starts_with(@, 'algoitny-S-Table')]"
                 (deleted: aws dynamodb list-backups --backup-type SYSTEM --query 'BackupSummaries[].TableName')
  --region R     the stage's region
  --account N    the account's 12 digits
  --at TIME      the time to restore, within the last 35 days: 2026-11-28T15:00:00Z
  --pk KEY       a partition key: PROBLEM#7
  --json         one JSON array of steps
  --help         this text`;

function parse() {
  const text = { type: "string", default: "" } as const;
  const flag = { type: "boolean", default: false } as const;
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      stage: text,
      table: text,
      region: text,
      account: text,
      at: text,
      pk: text,
      json: flag,
      help: { ...flag, short: "h" },
    },
  });
  const { json, help, at: time, ...rest } = values;
  const incident = INCIDENTS.find((name) => name === positionals[0]);
  const at = new Date(time === "" ? 0 : time);
  const options: RestoreOptions = { ...rest, at };
  if (help) return { help, json, incident, options };
  if (!incident || positionals.length > 1) throw new Error(`give one of ${INCIDENTS.join(", ")}`);
  const missing = (["stage", "table", "region", "account"] as const).filter((name) => !rest[name]);
  if (incident !== "deleted" && time === "") throw new Error("give --at, the time to go back to");
  if (incident === "items" && rest.pk === "")
    throw new Error("give --pk, the items' partition key");
  if (missing.length > 0) throw new Error(`give --${missing.join(", --")}`);
  if (!/^\d{12}$/.test(rest.account)) throw new Error(`--account ${rest.account}: write 12 digits`);
  if (!/^[\w.-]{3,255}$/.test(rest.table))
    throw new Error(`--table ${rest.table} is not a valid table name`);
  if (Number.isNaN(at.getTime()))
    throw new Error(`--at ${time} is not a time: write 2026-11-28T15:00:00Z`);
  return { help, json, incident, options };
}

await runCommand({
  usage: USAGE,
  parse,
  run: ({ incident, options, json }) => {
    if (!incident) return;
    const steps = runbookFor(incident, options);
    console.log(json ? JSON.stringify(steps) : runbookText(steps, options));
  },
});
