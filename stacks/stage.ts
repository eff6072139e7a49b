/** A production stage keeps its table, is protected against removal, has alarms and reserves concurrency. */
export const isProduction = $app.stage === "production";

/** Dimension `service` of the functions' own metrics. */
export const serviceName = `${$app.name}-${$app.stage}`;

/** Retention of logs: in production a quarter, to examine incidents; in other stages a week. */
export const logRetention = isProduction ? "3 months" : "1 week";
export const logRetentionDays = isProduction ? 90 : 7;
