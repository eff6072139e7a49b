/** Something that was started and has to be closed. */
export interface Closable {
  close(): Promise<void>;
}

/**
 * Waits for things that start at the same time and hands each to `stack`, so that what did start is closed when another
 * could not; throws the first one's error.
 */
export async function startTogether<const Started extends readonly Promise<Closable>[]>(
  stack: AsyncDisposableStack,
  starting: Started,
): Promise<{ -readonly [Index in keyof Started]: Awaited<Started[Index]> }> {
  const outcomes = await Promise.allSettled(starting);
  const started: Closable[] = [];
  for (const outcome of outcomes) {
    if (outcome.status === "fulfilled") {
      stack.defer(() => outcome.value.close());
      started.push(outcome.value);
    }
  }
  const failed = outcomes.find((outcome) => outcome.status === "rejected");
  if (failed) throw failed.reason;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- all are fulfilled here, in their order
  return started as { -readonly [Index in keyof Started]: Awaited<Started[Index]> };
}
