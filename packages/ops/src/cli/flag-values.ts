/** Parses the number of a flag; throws an error with `wanted` ("a number above 0") unless it fits. */
export function numberOf(
  flag: string,
  text: string,
  wanted: string,
  fits: (value: number) => boolean,
): number {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (Number.isFinite(value) && fits(value)) return value;
  throw new Error(`--${flag} ${text}: write ${wanted}`);
}

/** Parses the value of a flag that takes only `values`; undefined without the flag. */
export function choiceOf<const Value extends string>(
  flag: string,
  text: string | undefined,
  values: readonly Value[],
): Value | undefined {
  const value = values.find((known) => known === text);
  if (text === undefined || value !== undefined) return value;
  throw new Error(`--${flag} ${text}: write ${values.join(" or ")}`);
}
