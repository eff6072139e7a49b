/**
 * Lambda timeouts by the folder of the function's file, in seconds. API Gateway waits at most 30 s, and a client gives up
 * on a request after 10 s.
 */
export const timeoutSeconds = { http: 10, stream: 60, schedule: 60, queue: 60 } as const;
