import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parse, type ParseResult } from "@babel/parser";

/** An export of a declaration file. */
export interface Declared {
  readonly name: string;
  readonly doc: string;
  readonly signature: string;
  /** Members of a class or an interface, each with its own docstring. */
  readonly methods: readonly Omit<Declared, "methods">[];
}

type Statement = ParseResult["program"]["body"][number];
type Declaration = Extract<Statement, { type: "ExportNamedDeclaration" }>;

/** Everything that a module exports, also what it re-exports from others. */
export function declaredIn(file: string): Declared[] {
  const text = readFileSync(file, "utf8");
  const { program } = parse(text, {
    sourceType: "module",
    plugins: [["typescript", { dts: true }]],
  });
  return program.body.flatMap((node): Declared[] => {
    if (node.type !== "ExportNamedDeclaration") return [];
    if (node.source) return passedOn(file, node);
    const name = node.declaration ? nameOf(node.declaration) : undefined;
    if (name === undefined) return [];
    const methods = methodsOf(node, text);
    // Members that an interface adds to a class of the same name are separate.
    if (node.declaration?.type === "TSInterfaceDeclaration" && text.includes(`class ${name} {`))
      return [];
    return [{ name, doc: docOf(node), signature: signatureOf(node, text), methods }];
  });
}

function passedOn(file: string, { source, specifiers }: Declaration): Declared[] {
  const names = specifiers.flatMap(({ exported }) =>
    exported.type === "Identifier" ? [exported.name] : [],
  );
  const from = (source?.value ?? "").replace(/\.ts$/, ".d.ts");
  return declaredIn(join(dirname(file), from)).filter(({ name }) => names.includes(name));
}

function nameOf(declaration: Statement): string | undefined {
  if (declaration.type === "VariableDeclaration") {
    const [first] = declaration.declarations;
    return first?.id.type === "Identifier" ? first.id.name : undefined;
  }
  return "id" in declaration && declaration.id?.type === "Identifier"
    ? declaration.id.name
    : undefined;
}

/** The declaration as it is written; for `Cache` without its methods, which are separate. */
function signatureOf(node: Declaration, text: string): string {
  const whole = text.slice(node.start ?? 0, node.end ?? 0).replace(/^export (declare )?/, "");
  if (node.declaration?.type !== "ClassDeclaration" || node.declaration.id?.name !== "Cache")
    return whole;
  const made = node.declaration.body.body.find(
    (member) => member.type === "TSDeclareMethod" && member.kind === "constructor",
  );
  return `class Cache {\n    ${text.slice(made?.start ?? 0, made?.end ?? 0)}\n}`;
}

function methodsOf({ declaration }: Declaration, text: string): Declared["methods"] {
  if (declaration?.type !== "ClassDeclaration" && declaration?.type !== "TSInterfaceDeclaration")
    return [];
  return declaration.body.body.flatMap((member) => {
    if (member.type !== "TSDeclareMethod" && member.type !== "TSMethodSignature") return [];
    if (member.key.type !== "Identifier" || member.kind === "constructor") return [];
    const lines = text.slice(member.start ?? 0, member.end ?? 0).replaceAll(/^ {4}/gm, "");
    return [{ name: member.key.name, doc: docOf(member), signature: lines }];
  });
}

/** A docstring's text, with its example as code. */
function docOf(node: {
  readonly leadingComments?: readonly { readonly value: string }[] | null;
}): string {
  const comment = node.leadingComments?.at(-1)?.value ?? "";
  const lines = comment.split("\n").map((line) => line.replace(/^\s*\* ?/, ""));
  const [prose = "", example] = lines
    .join("\n")
    .replace(/^\*/, "")
    .trim()
    .split(/@example\n?/);
  return example ? `${prose.trim()}\n\n\`\`\`ts\n${example.trim()}\n\`\`\`` : prose.trim();
}
