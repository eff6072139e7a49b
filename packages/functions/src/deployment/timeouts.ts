/**
 * Lambda timeouts by the folder of the function's file, in seconds.
 * API Gateway waits 30 s at most; a request that has not been answered in 10 s has lost its client.
 */
export const timeoutSeconds = { http: 10, stream: 60, schedule: 60, queue: 60 } as const;
