import { parse, type ParseResult } from "@babel/parser";
import type { Kind } from "./rules.ts";

/** A comment, test title, message or line of a document, with the place where it starts. */
export interface Text {
  kind: Kind;
  file: string;
  line: number;
  text: string;
}

type Comment = NonNullable<ParseResult["comments"]>[number];

/** A node of the syntax tree, read by its names: its children are found without a table of types. */
interface Node {
  type: string;
  loc?: { start: { line: number } };
  [name: string]: unknown;
}

interface Call {
  callee?: unknown;
  arguments?: unknown[];
}

/** Text of a template between two of its expressions. */
interface Quasi {
  value: { cooked: string };
}

/** Marks of Markdown that start a heading, an item, a quotation or a row. */
const BLOCK_START = /^\s*(?:#|>|\||[-*] |\d+\. )/;
const MARKS = /^(?:[\s#>|*\-`[]|\d+\. )+/;

const TEST_FUNCTIONS = new Set(["describe", "test", "it"]);

/** Words that make a string a sentence: shorter strings are names, keys and values. */
const SENTENCE_WORDS = 4;

/** Comments, test titles and messages of a TypeScript file. */
export function textsOfCode(file: string, code: string): Text[] {
  const { comments, program } = parse(code, {
    sourceType: "module",
    plugins: ["typescript", "decorators"],
  });
  return [...commentsOf(file, comments ?? []), ...stringsOf(file, program as unknown as Node)];
}

/** Comments; adjacent `//` lines count as one. */
function commentsOf(file: string, comments: readonly Comment[]): Text[] {
  const texts: Text[] = [];
  let nextLine = Number.NaN;
  for (const { type, value, loc } of comments) {
    const isLine = type === "CommentLine";
    const previous = texts.at(-1);
    if (isLine && previous && loc?.start.line === nextLine) previous.text += ` ${value.trim()}`;
    else {
      const text = value.replace(/^\s*\*+ ?/gm, "").trim();
      texts.push({ kind: "comments", file, line: loc?.start.line ?? 0, text });
    }
    nextLine = isLine && loc ? loc.end.line + 1 : Number.NaN;
  }
  return texts;
}

/** Description of a planted bug: the prose above the test that finds it. */
export function textOfPatch(file: string, patch: string): Text {
  return { kind: "comments", file, line: 1, text: patch.slice(0, patch.indexOf("\nTest:")).trim() };
}

/** Test titles, and strings long enough to be sentences. */
function stringsOf(file: string, program: Node): Text[] {
  const texts: Text[] = [];
  const titles = new Set<unknown>();
  const visit = (node: Node): void => {
    if (node.type === "ImportDeclaration") return;
    const { type, callee, arguments: args } = node as Node & Call;
    if (type === "CallExpression" && isTestFunction(callee)) titles.add(args?.[0]);
    const text = textOf(node);
    const isTitle = titles.has(node);
    if (text !== undefined && (isTitle || text.trim().split(/\s+/).length >= SENTENCE_WORDS)) {
      texts.push({
        kind: isTitle ? "titles" : "messages",
        file,
        line: node.loc?.start.line ?? 0,
        text: text.trim(),
      });
    }
    for (const child of childrenOf(node)) visit(child);
  };
  visit(program);
  return texts;
}

/** Matches `test(…)`, `test.each(…)(…)` and `test.skipIf(…)(…)`. */
function isTestFunction(callee: unknown): boolean {
  if (!isNode(callee)) return false;
  if (callee.type === "Identifier") return TEST_FUNCTIONS.has(String(callee["name"]));
  return isTestFunction(callee.type === "MemberExpression" ? callee["object"] : callee["callee"]);
}

function textOf({ type, value, quasis }: Node & { quasis?: Quasi[] }): string | undefined {
  if (type === "StringLiteral") return String(value);
  if (type !== "TemplateLiteral") return undefined;
  return quasis?.map((quasi) => quasi.value.cooked).join("…");
}

function childrenOf(node: Node): Node[] {
  return Object.entries(node)
    .filter(([name]) => !name.endsWith("Comments"))
    .flatMap(([, value]) => (Array.isArray(value) ? (value as unknown[]) : [value]))
    .filter(isNode);
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "type" in value && "loc" in value;
}

/** Headings, list items, table rows and paragraphs of a Markdown file, without its code blocks. */
export function textsOfDocument(file: string, markdown: string): Text[] {
  const texts: Text[] = [];
  let isCode = false;
  let isOpen = false;
  for (const [index, row] of markdown.split("\n").entries()) {
    const isFence = /^\s*```/.test(row);
    if (isFence) isCode = !isCode;
    const text = row.replace(MARKS, "");
    const previous = texts.at(-1);
    if (isCode || isFence || !/[a-z]/i.test(text)) isOpen = false;
    else if (isOpen && previous && !BLOCK_START.test(row)) previous.text += ` ${text}`;
    else {
      texts.push({ kind: "documents", file, line: index + 1, text });
      isOpen = !row.startsWith("#");
    }
  }
  return texts;
}
