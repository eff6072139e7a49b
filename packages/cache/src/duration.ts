import { refuseDuration } from "./faults.ts";

type Unit = "millisecond" | "second" | "minute" | "hour" | "day";

/** A length of time in words: `"5 minutes"`, `"1 day"`, `"250 milliseconds"`. */
export type Duration = `${number} ${Unit | `${Unit}s`}`;

const MILLISECONDS: Record<Unit, number> = {
  millisecond: 1,
  second: 1_000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
};

/** 100 years: a longer duration is a mistake, or was meant to be unlimited. */
const LONGEST_MS = 36_525 * 86_400_000;

const PATTERN = new RegExp(`^(\\d+(?:\\.\\d+)?) (${Object.keys(MILLISECONDS).join("|")})s?$`);

/** Converts a duration to milliseconds; throws a RangeError if the text is not a duration, or one of over 100 years. */
export function toMs(duration: Duration): number {
  const [, amount, unit] = PATTERN.exec(duration) ?? [];
  const ms = Number(amount) * MILLISECONDS[unit as Unit];
  return ms <= LONGEST_MS ? ms : refuseDuration(duration, ms);
}
