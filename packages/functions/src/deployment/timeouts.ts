/**
 * Lambda timeouts by the folder of the function's file, in seconds. API Gateway would wait 30 s for a request, but few
 * people wait longer than 10 s.
 */
export const timeoutSeconds = { http: 10, stream: 60, schedule: 60, queue: 60 } as const;
