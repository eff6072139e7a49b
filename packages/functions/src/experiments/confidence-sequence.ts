/** A mean and its confidence interval. */
export interface Estimate {
  mean: number;
  low: number;
  high: number;
}

/** Highest share of experiments on equal lifetimes that may find a difference, however often their results are looked at. */
const ALPHA = 0.05;

/** Number of values at which the interval is narrowest relative to what is possible: pairs of one-hour slots in two days. */
const BEST_AT = 24;

/** Mixture variance for that number. */
const RHO_SQUARED = (-2 * Math.log(ALPHA) + Math.log(1 - 2 * Math.log(ALPHA))) / BEST_AT;

/**
 * Asymptotic confidence sequence of the mean of a growing list of values: with a probability of 95 %, all of its
 * intervals contain the mean, so it may be read after each value and stopped at any. Undefined for fewer than two values.
 * Source: Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas 2024, "Time-uniform central limit theory and asymptotic confidence
 * sequences", theorem 2.2.
 */
export function confidenceSequence(values: readonly number[]): Estimate | undefined {
  const n = values.length;
  if (n < 2) return undefined;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const scale = n * RHO_SQUARED;
  const width =
    Math.sqrt(squares / (n - 1)) *
    Math.sqrt(((2 * (scale + 1)) / (n * scale)) * Math.log(Math.sqrt(scale + 1) / ALPHA));
  return { mean, low: mean - width, high: mean + width };
}
