/** A started resource that must be closed. */
export interface Closable {
  close(): Promise<void>;
}

/**
 * Waits for resources that start at the same time and adds each to `stack`, so that those that did start are closed if
 * another fails; throws the first error.
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
