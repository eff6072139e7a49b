/**
 * Escapes text from outside for a part of a key. `#` separates parts, and `%` begins an escape, so no two texts share
 * a part: everything except `A-Z a-z 0-9 - . _ ~` becomes the percent-encoded bytes of its UTF-8, a lone surrogate
 * becomes `%uXXXX`. Stored items are found by this spelling, and a change of it would lose them: therefore it depends
 * on no other module.
 */
export function escapeKeyPart(text: string): string {
  return Array.from(text, (character) =>
    character.isWellFormed() ? escapeCharacter(character) : `%u${hex(character.charCodeAt(0))}`,
  ).join("");
}

/** `encodeURIComponent` leaves five more characters unescaped. */
function escapeCharacter(character: string): string {
  return /[!'()*]/.test(character)
    ? `%${hex(character.charCodeAt(0))}`
    : encodeURIComponent(character);
}

const hex = (code: number): string => code.toString(16).toUpperCase();
