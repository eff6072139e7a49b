/** Escapes control characters and those that change the direction of writing, because names come from users. */
export function safe(text: string): string {
  return text.replaceAll(
    // oxlint-disable-next-line no-control-regex -- these are what must not be obeyed
    /[\u0000-\u001F\u007F-\u009F\u061C\u200B-\u200F\u2028-\u202E\u2060-\u2069\uFEFF]/g,
    (character) => `\\u${character.codePointAt(0)!.toString(16).padStart(4, "0")}`,
  );
}

export const number = (value: number | null | undefined): string =>
  value === null || value === undefined
    ? "–"
    : value.toLocaleString("en-US", { maximumFractionDigits: value < 10 ? 1 : 0 });

export const clock = (seconds: number): string =>
  new Date(seconds * 1_000).toLocaleTimeString([], { hour12: false });
