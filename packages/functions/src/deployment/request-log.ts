/**
 * Log group that all functions under `http/` share, so that one search sees every request; the names of its streams
 * contain the function's.
 */
export const requestLogGroup = (service: string): string => `/aws/lambda/${service}-http`;
