/** Escapes control characters, invisible ones and those that change the text direction, because names come from users. */
export function safe(text: string): string {
  return text.replaceAll(
    // oxlint-disable-next-line no-control-regex -- matches the control characters to escape
    /[\u0000-\u001F\u007F-\u009F\u061C\u200B-\u200F\u2028-\u202E\u2060-\u2069\uFEFF]/g,
    (character) => `\\u${character.codePointAt(0)!.toString(16).padStart(4, "0")}`,
  );
}

// Created once: creating a formatter takes longer than formatting all of the page's numbers.
const TENTHS = new Intl.NumberFormat("en-US", { maximumFractionDigits: 1 });
const WHOLE = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const TIME = new Intl.DateTimeFormat([], {
  hour: "numeric",
  minute: "numeric",
  second: "numeric",
  hour12: false,
});

export const number = (value: number | null | undefined): string =>
  value === null || value === undefined ? "–" : (value < 10 ? TENTHS : WHOLE).format(value);

/** A number for screen readers, which do not read a dash. */
export const spokenNumber = (value: number | null | undefined): string =>
  value === null || value === undefined ? "no value" : number(value);

/** `1 read` and `2 reads`. */
export const counted = (count: number, noun: string): string =>
  `${count} ${noun}${count === 1 ? "" : "s"}`;

export const clock = (seconds: number): string => TIME.format(seconds * 1_000);
