/**
 * Lower-case characters that are not their own case folding (`ß`, final sigma, ligatures, Cherokee), with some neighbours.
 * Unicode's property Changes_When_Casefolded lacks the neighbours and takes six times as long; a test compares the two.
 */
const MAY_FOLD =
  /[\u0345\u00b5\u00df\u0149\u017f\u03c2-\u03f5\u0587\u13f8-\u13fd\u1c80-\u1c88\u1e9a\u1e9b\u1f80-\u1fff\uab70-\uabbf\ufb00-\ufb17]/;

// oxlint-disable-next-line no-control-regex -- ASCII begins with control characters
const ASCII = /^[\0-\x7f]*$/;

/**
 * Folds case for comparisons: Unicode's full case folding, in NFC, except that Cherokee letters become lower case, not
 * upper. `Σ`, `σ` and `ς` are equal, `ß` is `ss`. Lower case already equals the folding of nearly every text.
 */
export function foldCase(text: string): string {
  if (ASCII.test(text)) return text.toLowerCase();
  const lower = text.normalize("NFC").toLowerCase();
  return MAY_FOLD.test(lower) ? foldFully(lower) : lower;
}

/** Folds through upper case, which expands characters that fold to several. Leaves out `ı`: it folds to itself, not to `i`. */
function foldFully(lower: string): string {
  const parts = lower.normalize("NFD").split("ı");
  const folded = parts.map((part) => part.toUpperCase().toLowerCase().replaceAll("ς", "σ"));
  return folded.join("ı").normalize("NFC");
}
