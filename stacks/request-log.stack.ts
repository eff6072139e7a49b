import { requestLogGroup } from "../packages/functions/src/deployment/request-log.ts";
import { logRetentionDays, serviceName } from "./stage.ts";

/** Log group of all functions that answer requests. */
export const requestLog = new aws.cloudwatch.LogGroup("RequestLog", {
  name: requestLogGroup(serviceName),
  retentionInDays: logRetentionDays,
});

const { region } = aws.getRegionOutput();
const { accountId } = aws.getCallerIdentityOutput();
const { partition } = aws.getPartitionOutput();

/** ARN of the group's streams, as permissions need it. */
export const logStreams = (group: $util.Input<string>) =>
  $interpolate`arn:${partition}:logs:${region}:${accountId}:log-group:${group}:*`;

export const requestLogStreams = logStreams(requestLog.name);
