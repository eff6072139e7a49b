/** Warns of a problem that would otherwise go unnoticed. */
export function warn(message: string, code?: string): void {
  const { process } = globalThis as { process?: Partial<NodeJS.Process> };
  if (process?.emitWarning)
    process.emitWarning(message, { type: "CacheWarning", ...(code && { code }) });
  // oxlint-disable-next-line no-console -- a browser has no other place for warnings
  else console.warn(`CacheWarning: ${message}`);
}
