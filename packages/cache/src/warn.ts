const warned = new Set<string>();

/** Warns once in the process for each subject. */
export function warnOnce(subject: string, message: string): void {
  if (warned.has(subject)) return;
  warned.add(subject);
  warn(message);
}

/** Warns of a problem that would otherwise go unnoticed. */
export function warn(message: string, code?: string): void {
  const { process } = globalThis as { process?: Partial<NodeJS.Process> };
  if (process?.emitWarning)
    process.emitWarning(message, { type: "CacheWarning", ...(code && { code }) });
  // oxlint-disable-next-line no-console -- a browser has no other place for warnings
  else console.warn(`CacheWarning: ${message}`);
}
