import { globSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Kind, KINDS, LIMITS_PERCENT, type Rule, RULES } from "./rules.ts";
import { type Text, textOfPatch, textsOfCode, textsOfDocument } from "./texts.ts";

const ROOT = resolve(import.meta.dirname, "../..");

const CODE = [
  "packages/*/{src,scripts,examples}/**/*.{ts,mjs}",
  "{stacks,tests}/**/*.{ts,mjs}",
  "sst.config.ts",
];
const DOCUMENTS = ["*.md", "docs/**/*.md", "packages/*/*.md", "packages/*/docs/**/*.md"];

const PATCHES = ["tests/mutants/**/*.patch"];

/** These files quote the habits. */
const EXCLUDED = ["tests/voice/{rules,voice.test}.ts"];

/** Rate of one habit in one kind of text, in percent, with the texts that have it. */
export interface Rate {
  kind: Kind;
  rule: Rule;
  total: number;
  percent: number;
  limitPercent: number;
  passed: boolean;
  offenders: { place: string; text: string }[];
}

export function textsOfTree(root = ROOT): Text[] {
  const read = (file: string) => readFileSync(join(root, file), "utf8");
  const list = (patterns: string[]) => globSync(patterns, { cwd: root, exclude: EXCLUDED });
  return [
    ...list(CODE).flatMap((file) => textsOfCode(file, read(file))),
    ...list(PATCHES).map((file) => textOfPatch(file, read(file))),
    ...list(DOCUMENTS).flatMap((file) => textsOfDocument(file, read(file))),
  ];
}

export function ratesOf(texts: readonly Text[], limits = LIMITS_PERCENT): Rate[] {
  return KINDS.flatMap((kind) => {
    const ofKind = texts.filter((text) => text.kind === kind);
    return Object.entries(RULES).map(([name, { pattern }]) => {
      const rule = name as Rule;
      const offenders = ofKind
        .filter(({ text }) => pattern.test(text))
        .map(({ file, line, text }) => ({ place: `${file}:${line}`, text }));
      const percent = ofKind.length === 0 ? 0 : (100 * offenders.length) / ofKind.length;
      const limitPercent = limits[rule];
      const passed = percent <= limitPercent;
      return { kind, rule, total: ofKind.length, percent, limitPercent, passed, offenders };
    });
  });
}
