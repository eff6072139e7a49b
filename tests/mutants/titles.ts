import { existsSync, globSync, readFileSync } from "node:fs";
import path from "node:path";
import type { NamedTest } from "./report.ts";

/** Texts that may be titles: the first argument of a call, `test.each(rows)("…`, or the first text of a line. */
const TITLES = /(?:\(\s*|^\s+)("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`)/gm;

/** Parts of a title that a row of `test.each` fills in. */
const PLACEHOLDERS = /%[a-z]|\$\{[^}]*\}|\$[a-z][\w.]*/i;

/** Modules that may have titles: those beside the test, and the suites that the cache publishes. */
const IMPORTS = / from "(\.[^"]+|@algoitny\/cache\/testing)"/g;
const SUITES = "packages/cache/src/testing/**/*.ts";

interface Source {
  /** Without backslashes before quotes. */
  readonly text: string;
  /** Titles with placeholders. */
  readonly patterns: readonly RegExp[];
  readonly imports: readonly string[];
}

/**
 * Finds tests by reading sources, because collecting the tests takes minutes. Each part of a title, between " > ", has to
 * be a part of a text in a source, or a whole title with its placeholders filled in.
 */
export function createTitleSearch(root: string): (named: NamedTest) => boolean {
  const suites = globSync(SUITES, { cwd: root });
  const sources = new Map<string, Source>();
  const withImports = new Map<string, readonly Source[]>();

  function read(file: string): Source {
    const text = readFileSync(path.join(root, file), "utf8");
    const imports = [...text.matchAll(IMPORTS)].flatMap(([, from = ""]) =>
      from.startsWith(".") ? [path.join(path.dirname(file), from)] : suites,
    );
    const patterns = [...text.matchAll(TITLES)].flatMap(([, literal = ""]) =>
      patternOf(unescaped(literal.slice(1, -1))),
    );
    // Sources of programs that a test writes have imports too.
    const isThere = (each: string) =>
      each.startsWith("tests/") && existsSync(path.join(root, each));
    return {
      text: unescaped(text),
      patterns,
      imports: imports.filter((each) => isThere(each) || suites.includes(each)),
    };
  }

  function sourcesOf(test: string): readonly Source[] {
    const files = new Set([test]);
    // A loop over a set also visits the files that are added to the set meanwhile.
    for (const file of files) {
      const source = sources.get(file) ?? read(file);
      sources.set(file, source);
      for (const each of source.imports) files.add(each);
    }
    return [...files].map((file) => sources.get(file) as Source);
  }

  return ({ test, title }) => {
    const near = withImports.get(test) ?? sourcesOf(test);
    withImports.set(test, near);
    const isThere = (part: string) =>
      near.some(
        ({ text, patterns }) => text.includes(part) || patterns.some((each) => each.test(part)),
      );
    return title.split(" > ").every(isThere);
  };
}

function unescaped(text: string): string {
  return text.replaceAll(/\\(.)/g, "$1");
}

/** The texts that a title stands for; none without placeholders, or when it consists of them. */
function patternOf(title: string): RegExp[] {
  const fixed = title.split(PLACEHOLDERS);
  if (fixed.length === 1 || fixed.join("").trim() === "") return [];
  return [new RegExp(`^${fixed.map((each) => asLiteral(each)).join(".+")}$`, "s")];
}

/** The pattern of a text. */
export function asLiteral(title: string): string {
  return title.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}
