/** The one of some names that has the letters of another in their order, or the other way round; undefined when none has. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  return known.find((each) => isWithin(name, each)) ?? known.find((each) => isWithin(each, name));
}

function isWithin(letters: string, text: string): boolean {
  let rest = text.toLowerCase();
  return letters.split("").every((letter) => {
    const at = rest.indexOf(letter.toLowerCase());
    rest = rest.slice(at + 1);
    return at !== -1;
  });
}
