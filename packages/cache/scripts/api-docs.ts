import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parse, type ParseResult } from "@babel/parser";

/** Prints the API of the package as Markdown, from its declarations and their docstrings. */
const ROOT = join(import.meta.dirname, "..");

interface Declared {
  name: string;
  doc: string;
  signature: string;
}

/** What a declaration file declares, and what it passes on from others. */
interface Module {
  declared: Map<string, Declared>;
  passedOn: { name: string; from: string }[];
}

type Statement = ParseResult["program"]["body"][number];

function readModule(file: string): Module {
  const text = readFileSync(file, "utf8");
  const { program } = parse(text, {
    sourceType: "module",
    plugins: [["typescript", { dts: true }]],
  });
  const declared = new Map<string, Declared>();
  const passedOn: Module["passedOn"] = [];
  for (const node of program.body) {
    if (node.type !== "ExportNamedDeclaration") continue;
    for (const { exported } of node.specifiers) {
      if (node.source && exported.type === "Identifier") {
        passedOn.push({
          name: exported.name,
          from: join(dirname(file), declarationsOf(node.source.value)),
        });
      }
    }
    const name = node.declaration ? nameOf(node.declaration) : undefined;
    if (name === undefined) continue;
    const doc = node.leadingComments?.at(-1)?.value ?? "";
    declared.set(name, {
      name,
      doc: docText(doc),
      signature: text.slice(node.start ?? 0, node.end ?? 0),
    });
  }
  return { declared, passedOn };
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

function declarationsOf(specifier: string): string {
  return specifier.replace(/\.ts$/, ".d.ts");
}

/** A docstring's prose, with its example as code. */
function docText(comment: string): string {
  const lines = comment.split("\n").map((line) => line.replace(/^\s*\* ?/, ""));
  const [prose = "", example] = lines
    .join("\n")
    .replace(/^\*/, "")
    .trim()
    .split(/@example\n?/);
  return example ? `${prose.trim()}\n\n\`\`\`ts\n${example.trim()}\n\`\`\`` : prose.trim();
}

function section({ name, doc, signature }: Declared): string {
  const code = signature.replace(/^export (declare )?/, "");
  return `### ${name}\n\n${doc}\n\n\`\`\`ts\n${code}\n\`\`\`\n`;
}

function chapter(folder: string, specifier: string, source: string): string {
  const file = join(folder, declarationsOf(source.replace("./src/", "")));
  const { declared, passedOn } = readModule(file);
  const found = passedOn.map(({ name, from }) => readModule(from).declared.get(name));
  const all = [...found.filter((each) => each !== undefined), ...declared.values()];
  const sections = all
    .toSorted((left, right) => left.name.localeCompare(right.name, "en"))
    .map(section);
  return [`## ${specifier}\n`, ...sections].join("\n");
}

const folder = mkdtempSync(join(tmpdir(), "declarations-"));
try {
  const config = join(ROOT, "tsconfig.build.json");
  execFileSync("tsc", ["-p", config, "--outDir", folder, "--emitDeclarationOnly"], {
    stdio: "inherit",
  });
  const manifest = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
    name: string;
    exports: Record<string, string>;
  };
  const chapters = Object.entries(manifest.exports)
    .filter(([, source]) => source.endsWith(".ts"))
    .map(([path, source]) => chapter(folder, join(manifest.name, path), source));
  process.stdout.write(
    `# The API of ${manifest.name}\n\nMade from the docstrings by \`npm run docs\`.\n\n${chapters.join("\n")}`,
  );
} finally {
  rmSync(folder, { recursive: true });
}
