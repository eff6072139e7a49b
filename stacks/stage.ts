/** Keeps its table, is protected against removal, is watched by alarms and holds concurrency in reserve. */
export const isProduction = $app.stage === "production";

/** Dimension `service` of every metric. */
export const serviceName = `${$app.name}-${$app.stage}`;

/** Retention of logs: long enough to look into last quarter's incident, or this week's experiment. */
export const logRetention = isProduction ? "3 months" : "1 week";
export const logRetentionDays = isProduction ? 90 : 7;
