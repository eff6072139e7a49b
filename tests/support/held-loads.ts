import { type Mock, vi } from "vitest";

/** A loader whose loads a test answers by number, before or after they begin: `loads(0).resolve("old")`. */
export function holdLoads<Value>() {
  const answers: PromiseWithResolvers<Value>[] = [];
  const loads = (index: number) => (answers[index] ??= Promise.withResolvers());
  let begun = 0;
  const load = vi.fn(() => loads(begun++).promise);
  return { load, loads };
}

/** Holds the answer of a loader's next load: the value that it has read is returned when the test releases it. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- infers the arguments, so that any loader fits
export function holdNextLoad<Args extends unknown[], Answer>(
  load: Mock<(...args: Args) => Promise<Answer>>,
) {
  const held = Promise.withResolvers<void>();
  const usual = load.getMockImplementation();
  if (usual === undefined) throw new TypeError("the held loader has no default value");
  load.mockImplementationOnce(async (...args) => {
    const answer = await usual(...args);
    await held.promise;
    return answer;
  });
  return { release: () => held.resolve(), fail: (error: Error) => held.reject(error) };
}
