/** Log of the functions; telemetry/logger.ts writes it. Callers must pass no secrets. */
export interface Log {
  info(message: string, fields?: Record<string, unknown>): void;
  warn(message: string, fields?: Record<string, unknown>): void;
  error(message: string, fields?: Record<string, unknown>): void;
}

/** Longest error message that is logged: 300 characters. Client libraries tend to append the request. */
const MESSAGE_LIMIT = 300;

/**
 * Secrets and personal data that must never reach a log: bearer tokens, JSON Web Tokens, e-mail addresses (in tags
 * `%40` stands for `@`).
 */
const SECRETS: readonly [RegExp, string][] = [
  [/Bearer\s+[^\s"',]+/gi, "Bearer [token]"],
  [/eyJ[\w-]+\.[\w-]+\.[\w-]*/g, "[token]"],
  [/[^\s"'<>:,]+(@|%40)[^\s"'<>:,]+/gi, "[e-mail]"],
];

/** An error in the form that may be logged: no tokens, no addresses, a short message, the stack and the causes. */
export function describeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { message: redact(String(error)) };
  return {
    name: error.name,
    ...("code" in error && typeof error.code === "string" && { code: error.code }),
    message: redact(error.message),
    frames: error.stack
      ?.match(/^ +at .*$/gm)
      ?.slice(0, 8)
      .map((frame) => frame.trim()),
    ...(error.cause !== undefined && { cause: describeError(error.cause) }),
  };
}

/** A text without tokens and addresses, cut at 300 characters. */
export function redact(text: string): string {
  const clean = SECRETS.reduce((result, [pattern, word]) => result.replace(pattern, word), text);
  return clean.length > MESSAGE_LIMIT ? `${clean.slice(0, MESSAGE_LIMIT)}…` : clean;
}
