/**
 * Makes addresses comparable without regard to the case of A to Z, and of no other letter. Unicode's folding takes
 * other characters for these (KELVIN SIGN for `k`), so that another person's address would equal an admin's.
 */
export function foldAscii(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
