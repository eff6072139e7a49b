import type { TimeLimits } from "@algoitny/local/invoke";

/**
 * Time limits of the functions in tests, in seconds: on a busy machine a request may take longer than its deployed limit
 * of 10 s. That of a request stays below API Gateway's own 30 s.
 */
export const PATIENT_LIMITS: TimeLimits = { http: 29, stream: 300, schedule: 300, queue: 300 };
