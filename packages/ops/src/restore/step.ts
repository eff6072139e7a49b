import type {
  DeleteTableInput,
  RestoreTableFromBackupInput,
  RestoreTableToPointInTimeInput,
  TagResourceInput,
  UpdateContinuousBackupsInput,
  UpdateTableInput,
  UpdateTimeToLiveInput,
} from "@aws-sdk/client-dynamodb";

/** Operations of the AWS CLI that a runbook uses, each with its input. */
export interface Operations {
  "dynamodb restore-table-to-point-in-time": RestoreTableToPointInTimeInput;
  "dynamodb restore-table-from-backup": RestoreTableFromBackupInput;
  "dynamodb update-table": UpdateTableInput;
  "dynamodb update-time-to-live": UpdateTimeToLiveInput;
  "dynamodb update-continuous-backups": UpdateContinuousBackupsInput;
  "dynamodb tag-resource": TagResourceInput;
  "dynamodb delete-table": DeleteTableInput;
  "lambda put-function-concurrency": { FunctionName: string; ReservedConcurrentExecutions: number };
  "lambda delete-function-concurrency": { FunctionName: string };
}

export type Operation = keyof Operations;

/** One step of a runbook: the reason, and what a person types or writes. */
export type Step =
  | { [Name in Operation]: { why: string; aws: Name; input: Operations[Name] } }[Operation]
  /** Polls until the table can be used; a restore takes minutes to hours, so it may have to be typed again. */
  | { why: string; waitFor: string }
  /** Copies the items under one partition key from one table to another. */
  | { why: string; copy: { pk: string; from: string; to: string } }
  | { why: string; sst: "refresh" | "diff" | "deploy" }
  /** A line of stacks/restored-tables.ts. */
  | { why: string; adopt: string }
  | { why: string; request: "POST /api/ops/cache/clear/" }
  | { why: string; npm: "smoke" };
