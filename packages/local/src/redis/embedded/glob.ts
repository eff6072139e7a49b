import type { Bytes } from "./bytes.ts";

type Matches = (character: string) => boolean;

/** One place of a pattern: a test of one character, or any number of characters. */
type Token = Matches | "*";

/**
 * The test of a glob as Redis matches keys by it: `*`, `?`, `[abc]`, `[^a]`, `[a-z]`, `\` before a literal. Not a regular
 * expression, whose time can grow exponentially with the number of `*`.
 */
export function globTest(glob: Bytes): (text: Bytes) => boolean {
  const tokens = tokensOf(glob);
  return (text) => {
    let [at, next] = [0, 0];
    /** Position to retry from after a mismatch: the last `*` takes one more character. */
    let retry: { at: number; next: number } | undefined;
    while (at < text.length) {
      const token = tokens[next];
      if (token === "*") {
        next += 1;
        retry = { at, next };
      } else if (token?.(text[at] ?? "")) {
        at += 1;
        next += 1;
      } else if (retry === undefined) return false;
      else {
        retry.at += 1;
        ({ at, next } = retry);
      }
    }
    return tokens.slice(next).every((token) => token === "*");
  };
}

function tokensOf(glob: Bytes): Token[] {
  const tokens: Token[] = [];
  for (let i = 0; i < glob.length; i += 1) {
    const character = glob[i];
    if (character === "*") tokens.push("*");
    else if (character === "?") tokens.push(() => true);
    else if (character === "[") {
      const { test, end } = setAt(glob, i + 1);
      tokens.push(test);
      i = end;
    } else {
      if (character === "\\" && i + 1 < glob.length) i += 1;
      const literal = glob[i];
      tokens.push((each) => each === literal);
    }
  }
  return tokens;
}

/** The set that begins after `[`; without a closing bracket it extends to the pattern's end. */
function setAt(glob: Bytes, start: number): { test: Matches; end: number } {
  const isNegated = glob[start] === "^";
  const tests: Matches[] = [];
  let i = isNegated ? start + 1 : start;
  for (; i < glob.length && glob[i] !== "]"; i += 1) {
    if (glob[i] === "\\" && i + 1 < glob.length) i += 1;
    else if (glob[i + 1] === "-" && i + 2 < glob.length) {
      const [low = "", high = ""] = [glob[i] ?? "", glob[i + 2] ?? ""].toSorted();
      tests.push((each) => each >= low && each <= high);
      i += 2;
      continue;
    }
    const literal = glob[i];
    tests.push((each) => each === literal);
  }
  return { test: (each) => tests.some((test) => test(each)) !== isNegated, end: i };
}
