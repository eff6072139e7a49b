import { tableDefinition, TTL_ATTRIBUTE } from "@algoitny/core/table/definition";
import { access, type Access, type FunctionFile } from "@algoitny/functions/deployment/access";
import type { Step } from "./step.ts";

/** Incidents: single items are wrong, the table was deleted, or all of it must go back in time. */
export const INCIDENTS = ["items", "deleted", "rewind"] as const;
export type Incident = (typeof INCIDENTS)[number];

export interface RestoreOptions {
  stage: string;
  region: string;
  account: string;
  /** The table's name at AWS. */
  table: string;
  /** The time to go back to; unused for a deleted table, which is restored as it was. */
  at: Date;
  /** The partition key of the items to copy. */
  pk: string;
}

const WRITES = /^(?:Put|Update|Delete|BatchWrite)/;

/** Functions that may write to the table, whatever starts them. */
export const writers = (Object.entries(access) as [FunctionFile, Access][]).flatMap(
  ([file, { table: actions, reservedConcurrency }]) =>
    actions.some((action) => WRITES.test(action)) ? [{ file, reservedConcurrency }] : [],
);

/** Steps of a restore, in the order in which they must be done. */
export function runbookFor(incident: Incident, options: RestoreOptions): Step[] {
  return { items: restoreItems, deleted: restoreDeleted, rewind: rewindTable }[incident](options);
}

/** Name of a restore's side table: the table's and the time; DynamoDB allows 255 characters. */
export function sideTable({ table, at }: Pick<RestoreOptions, "table" | "at">): string {
  return `${table}-at-${at.toISOString().slice(0, 19).replaceAll(/[-:]/g, "")}`;
}

/** Restores items of an existing table: the stream invalidates the cache for the copied items, and nothing is deployed. */
function restoreItems(options: RestoreOptions): Step[] {
  const { table, pk } = options;
  const side = sideTable(options);
  return [
    ...restoreBeside(options),
    {
      why: "Copy the items back. Leave counters and markers alone: they must never go back.",
      copy: { pk, from: side, to: table },
    },
    {
      why: "Delete the side table.",
      aws: "dynamodb delete-table",
      input: { TableName: side },
    },
  ];
}

/**
 * AWS keeps a backup of a deleted table for 35 days if it had point-in-time recovery. The restored table lacks stream,
 * time to live, point-in-time recovery, protection and tags, which the deployment adds once a refresh has found them
 * missing.
 */
function restoreDeleted(options: RestoreOptions): Step[] {
  const { table } = options;
  return [
    ...closeWrites(options),
    {
      why: "Restore the newest system backup under the table's own name. No refresh and no deployment before this: they would forget the table and make an empty one.",
      aws: "dynamodb restore-table-from-backup",
      input: { TargetTableName: table, BackupArn: "$BACKUP" },
    },
    { why: "Wait until the table is there.", waitFor: table },
    {
      why: "Let SST's state see what the table lacks: without a refresh, the deployment would find no difference and change nothing.",
      sst: "refresh",
    },
    {
      why: "Check that the table is updated, and not created or replaced. The event source mapping is replaced: the stream is a new one.",
      sst: "diff",
    },
    {
      why: "Set stream, time to live, point-in-time recovery, protection and tags. Writes are open again from here on.",
      sst: "deploy",
    },
    ...finish(options),
  ];
}

/** The whole table goes back: a side table is created like the old one, and the deployment adopts it. The old one is kept. */
function rewindTable(options: RestoreOptions): Step[] {
  const { stage, region, account } = options;
  const side = sideTable(options);
  const { StreamSpecification } = tableDefinition;
  return [
    ...closeWrites(options),
    ...restoreBeside(options),
    {
      why: "Give the side table the stream, which no restore brings.",
      aws: "dynamodb update-table",
      input: { TableName: side, StreamSpecification },
    },
    { why: "Wait until the stream is there.", waitFor: side },
    {
      why: "Protect it as the stage's table is.",
      aws: "dynamodb update-table",
      input: { TableName: side, DeletionProtectionEnabled: stage === "production" },
    },
    { why: "Wait until that is done.", waitFor: side },
    {
      why: "Let old items expire again.",
      aws: "dynamodb update-time-to-live",
      input: {
        TableName: side,
        TimeToLiveSpecification: { AttributeName: TTL_ATTRIBUTE, Enabled: true },
      },
    },
    {
      why: "Keep it restorable.",
      aws: "dynamodb update-continuous-backups",
      input: {
        TableName: side,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      },
    },
    {
      why: "Tag it as SST does.",
      aws: "dynamodb tag-resource",
      input: {
        ResourceArn: `arn:aws:dynamodb:${region}:${account}:table/${side}`,
        Tags: [
          { Key: "sst:app", Value: "algoitny" },
          { Key: "sst:stage", Value: stage },
        ],
      },
    },
    { why: "Name it as the stage's table, and commit that.", adopt: side },
    { why: "Check that the table is imported, without any other change to it.", sst: "diff" },
    { why: "Adopt it: functions and the event source mapping follow.", sst: "deploy" },
    ...finish(options),
  ];
}

function restoreBeside(options: RestoreOptions): Step[] {
  const side = sideTable(options);
  return [
    {
      why: "Restore the table as it was into a side table.",
      aws: "dynamodb restore-table-to-point-in-time",
      input: {
        SourceTableName: options.table,
        TargetTableName: side,
        RestoreDateTime: options.at,
      },
    },
    { why: "Wait until the side table is there.", waitFor: side },
  ];
}

/** Closes writes during a restore: they would be lost, or would find half of the data. */
function closeWrites({ stage }: RestoreOptions): Step[] {
  return writers.map(({ file }) => ({
    why: "Close writes: let no function that writes to the table run.",
    aws: "lambda put-function-concurrency",
    input: { FunctionName: functionName(stage, file), ReservedConcurrentExecutions: 0 },
  }));
}

/** A restore sends no stream records, so the cache is cleared once the table is complete; then writes are opened. */
function finish(options: RestoreOptions): Step[] {
  return [
    {
      why: "Clear the cache, now that the table is complete: a restore sends no stream records.",
      request: "POST /api/ops/cache/clear/",
    },
    ...writers.map(({ file, reservedConcurrency }) =>
      openWriter(options.stage, file, reservedConcurrency),
    ),
    { why: "Check that the deployment works.", npm: "smoke" },
  ];
}

function openWriter(stage: string, file: FunctionFile, reserved: number | undefined): Step {
  const why = "Open writes.";
  const FunctionName = functionName(stage, file);
  // Other stages than production reserve nothing.
  if (reserved === undefined || stage !== "production")
    return { why, aws: "lambda delete-function-concurrency", input: { FunctionName } };
  return {
    why,
    aws: "lambda put-function-concurrency",
    input: { FunctionName, ReservedConcurrentExecutions: reserved },
  };
}

function functionName(stage: string, file: FunctionFile): string {
  return `algoitny-${stage}-${file.replace("/", "-")}`;
}
