import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TASKS } from "./api-tasks.ts";
import { type Declared, declaredIn } from "./declarations.ts";

/** Prints the API of the package as Markdown, grouped by task, from its declarations and their docstrings. */
const ROOT = join(import.meta.dirname, "..");

/** A declaration, and the names of the modules that export it. */
interface Exported extends Declared {
  readonly from: string[];
}

interface Manifest {
  readonly name: string;
  readonly exports: Readonly<Record<string, string>>;
}

/** Exports of the modules, by name; several may have one name: `toResponse` is a different function in each of two modules. */
function exportsOf(folder: string, { name, exports }: Manifest): Map<string, Exported[]> {
  const found = new Map<string, Exported[]>();
  for (const [path, source] of Object.entries(exports)) {
    if (!source.endsWith(".ts")) continue;
    const from = join(name, path);
    const file = join(folder, source.replace("./src/", "").replace(/\.ts$/, ".d.ts"));
    for (const declared of declaredIn(file)) {
      const known = found.get(declared.name) ?? [];
      const same = known.find(({ signature }) => signature === declared.signature);
      if (same) same.from.push(from);
      else found.set(declared.name, [...known, { ...declared, from: [from] }]);
    }
  }
  return found;
}

/** All exports and all methods of `Cache`, by their names in the table of tasks. */
function entriesOf(
  exported: Map<string, Exported[]>,
  operations: Declared["methods"],
): Map<string, Exported[]> {
  const entries = new Map(exported);
  const [cache] = exported.get("Cache") ?? [];
  for (const { name, ...method } of [...(cache?.methods ?? []), ...operations]) {
    const known = entries.get(`cache.${name}`)?.[0];
    const signature = [known?.signature, method.signature].filter(Boolean).join("\n");
    const doc = [known?.doc, method.doc].filter(Boolean).join(" ");
    entries.set(`cache.${name}`, [{ ...method, name, doc, signature, methods: [], from: [] }]);
  }
  return entries;
}

function chapter(task: string, names: readonly string[], entries: Map<string, Exported[]>): string {
  const sections = names.flatMap((name) => (entries.get(name) ?? []).map(section(name)));
  return [`## ${task}\n`, ...sections].join("\n");
}

const section =
  (name: string) =>
  ({ doc, signature, from }: Exported): string => {
    const source =
      from.length > 0 ? `From ${from.map((each) => `\`${each}\``).join(", ")}.\n\n` : "";
    return `### ${name}\n\n${source}${doc}\n\n\`\`\`ts\n${signature}\n\`\`\`\n`;
  };

/** Every export has one place: one that the table lacks or has twice, or a name that does not exist, stops the run. */
function checkTable(entries: Map<string, Exported[]>): void {
  const named = Object.values(TASKS).flat();
  const forgotten = [...entries.keys()].filter((name) => !named.includes(name));
  const madeUp = named.filter((name) => !entries.has(name));
  const twice = named.filter((name, index) => named.indexOf(name) !== index);
  if (forgotten.length + madeUp.length + twice.length > 0)
    throw new Error(
      `correct scripts/api-tasks.ts: it lacks: ${forgotten.join(", ") || "none"}; does not exist: ${madeUp.join(", ") || "none"}; twice: ${twice.join(", ") || "none"}`,
    );
}

const folder = mkdtempSync(join(tmpdir(), "declarations-"));
try {
  const config = join(ROOT, "tsconfig.build.json");
  execFileSync("tsc", ["-p", config, "--outDir", folder, "--emitDeclarationOnly"], {
    stdio: "inherit",
  });
  const manifest = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as Manifest;
  const operations = declaredIn(join(folder, "operations.d.ts")).flatMap(({ methods }) => methods);
  const entries = entriesOf(exportsOf(folder, manifest), operations);
  checkTable(entries);
  const tasks = Object.entries(TASKS);
  const contents = tasks.map(([task, names]) => {
    const links = names.map((name) => `[${name}](#${name.toLowerCase().replace(".", "")})`);
    return `| ${task} | ${links.join(", ")} |`;
  });
  const chapters = tasks.map(([task, names]) => chapter(task, names, entries));
  process.stdout.write(
    `# The API of ${manifest.name}\n\nMade from the docstrings by \`npm run docs\`.\n\n| to | |\n|---|---|\n${contents.join("\n")}\n\n${chapters.join("\n")}`,
  );
} finally {
  rmSync(folder, { recursive: true });
}
