/** Quotes a word for a shell unless it is plain; the result is also valid in a command substitution, `"$(…)"`. */
export function quoted(word: string): string {
  return /^[\w./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
