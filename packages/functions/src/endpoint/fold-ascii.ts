/**
 * Lower-cases A to Z, and no other letter, to compare addresses. Unicode's case folding maps other characters to these
 * (KELVIN SIGN to `k`), so that another person's address would equal an admin's.
 */
export function foldAscii(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
