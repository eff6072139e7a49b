import { existsSync, globSync, readFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { leftOut, runsAll, SLOW_TESTS } from "./slow-tests.ts";

const ROOT = resolve(import.meta.dirname, "..");

/** Allowed imports between packages. Any other import of a package fails the test. */
const ALLOWED: Record<string, readonly string[]> = {
  cache: [],
  core: ["cache"],
  functions: ["cache", "core"],
  ops: ["cache", "core", "functions"],
  page: [],
  local: ["cache", "core", "functions", "ops", "page"],
  bench: ["cache", "core", "functions", "ops", "page", "local"],
};

/** Words that the library's code must not contain. */
const FOREIGN_TO_CACHE = /algoitny(?!\/cache)|aws-sdk|dynamodb|\bsst\b|codeforces|baekjoon/i;

/** Words that not even the library's adapter for DynamoDB may contain. */
const FOREIGN_TO_ADAPTER = /algoitny(?!\/cache)|\bsst\b|codeforces|baekjoon/i;

const LINE_LIMIT = 300;

const sources = Object.keys(ALLOWED).flatMap((name) =>
  globSync(`packages/${name}/src/**/*.ts`, { cwd: ROOT }).map((file) => ({ name, file })),
);

function importsOf(file: string): string[] {
  const code = readFileSync(join(ROOT, file), "utf8");
  const pattern =
    /^(?:import|export)\b[^;"']*\bfrom\s*"([^"]+)"|^import\s*"([^"]+)"|\bimport\(\s*"([^"]+)"/gm;
  return [...code.matchAll(pattern)].map((match) => (match[1] ?? match[2] ?? match[3]) as string);
}

/** The workspace package that a specifier leads to, if any. */
function packageOf(file: string, specifier: string): string | undefined {
  const named = /^@algoitny\/([^/]+)/.exec(specifier)?.[1];
  if (named) return named;
  if (!specifier.startsWith(".")) return undefined;
  return /^packages\/([^/]+)/.exec(relative(ROOT, resolve(ROOT, dirname(file), specifier)))?.[1];
}

describe("packages import in one direction", () => {
  for (const [name, allowed] of Object.entries(ALLOWED)) {
    test(`${name} imports ${allowed.join(", ") || "no other package"}`, () => {
      const wrong = sources
        .filter((source) => source.name === name)
        .flatMap(({ file }) =>
          importsOf(file).map((specifier) => ({ file, to: packageOf(file, specifier) })),
        )
        .filter(({ to }) => to !== undefined && to !== name && !allowed.includes(to));
      expect(wrong).toEqual([]);
    });
  }

  test("every imported package is declared by the package that imports it", () => {
    const undeclared = sources.flatMap(({ name, file }) => {
      const manifest = JSON.parse(
        readFileSync(join(ROOT, `packages/${name}/package.json`), "utf8"),
      ) as Manifest;
      const { dependencies, peerDependencies, optionalDependencies } = manifest;
      const declared = Object.keys({
        ...dependencies,
        ...peerDependencies,
        ...optionalDependencies,
      });
      return importsOf(file)
        .filter((specifier) => !/^(\.|node:|aws-lambda$)/.test(specifier))
        .map((specifier) =>
          specifier
            .split("/")
            .slice(0, specifier.startsWith("@") ? 2 : 1)
            .join("/"),
        )
        .filter((dependency) => !declared.includes(dependency) && dependency !== manifest.name)
        .map((dependency) => `${file} imports ${dependency}`);
    });
    expect(undeclared).toEqual([]);
  });
});

test("the library knows neither the application nor its cloud", () => {
  const knowing = sources
    .filter(({ name }) => name === "cache")
    .filter(({ file }) => {
      const foreign = file.includes("/dynamodb/") ? FOREIGN_TO_ADAPTER : FOREIGN_TO_CACHE;
      return foreign.test(readFileSync(join(ROOT, file), "utf8"));
    })
    .map(({ file }) => file);
  expect(knowing).toEqual([]);
});

test(`no TypeScript file is longer than ${LINE_LIMIT} lines`, () => {
  const files = globSync(["packages/*/src/**/*.ts", "stacks/**/*.ts", "tests/**/*.ts"], {
    cwd: ROOT,
  });
  const long = files.filter(
    (file) => readFileSync(join(ROOT, file), "utf8").split("\n").length - 1 > LINE_LIMIT,
  );
  expect(files.length).toBeGreaterThan(0);
  expect(long).toEqual([]);
});

test("no two files share a name, except the index files of folders", () => {
  const files = globSync("{packages/*/{src,scripts},stacks,tests}/**/*.{ts,mjs}", { cwd: ROOT });
  const names = files.map((file) => basename(file)).filter((name) => name !== "index.ts");
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});

interface Manifest {
  name: string;
  dependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
}

describe("slow tests", () => {
  test("exist, and so do the quicker tests of the same rules, which are not slow themselves", () => {
    const quicker = Object.values(SLOW_TESTS).flat();
    const missing = [...Object.keys(SLOW_TESTS), ...quicker].filter(
      (file) => !existsSync(join(ROOT, file)),
    );
    expect(missing).toEqual([]);
    expect(quicker.filter((file) => file in SLOW_TESTS)).toEqual([]);
  });

  test("are left out only of a run that neither names files nor sets ALL_TESTS", () => {
    const plain = ["node", "vitest", "run", "--config", "tests/vitest.config.ts"];
    expect(leftOut(runsAll({}, plain))).toEqual(Object.keys(SLOW_TESTS));
    const named = [...plain, "tests/cache/hardest/02-lost-keys.redis.test.ts"];
    expect(leftOut(runsAll({}, named))).toEqual([]);
    expect(leftOut(runsAll({ ALL_TESTS: "1" }, plain))).toEqual([]);
  });
});
