import { execFileSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { localLinks } from "@algoitny/local/linked-services";
import { functionEnvironment } from "@algoitny/local/runtime/environment";
import { type Built, bundleTo } from "../bundles.ts";
import { median } from "../measure.ts";
import type { RowContext, RowResult } from "../result.ts";

const KB = 1_024;

/** Modules that are started, by the name in the table. */
const MODULES = {
  "bare `@upstash/redis`": "packages/bench/src/cold/bare-sdk",
  "SDKs of Upstash and DynamoDB, imported at the start": "packages/bench/src/cold/both-sdks",
  "@algoitny/cache with its Upstash store": "packages/bench/src/cold/library",
  "GET /api/problems/": "packages/functions/src/http/list-problems",
  "GET /api/problems/{id}/": "packages/functions/src/http/get-problem",
  "GET /api/account/stats/": "packages/functions/src/http/get-account-stats",
  "GET /api/history/{id}/": "packages/functions/src/http/get-history",
} as const;

type Name = keyof typeof MODULES;

const BARE: Name = "bare `@upstash/redis`";
const HANDLER: Name = "GET /api/problems/{id}/";

/** Goals: 150 KB before the first hit, and 1.3 × the import of the bare SDK. */
const MOST_KB = 150;
const MOST_RATIO = 1.3;

const WHY_SLOW =
  "by a profile of the import, Node takes a third of it to load its built-in modules that a hit needs (crypto, zlib, http, async_hooks), which the bare SDK defers until its first request; most of the rest is compiling and evaluating the code, above all the schemas of the request's input; done so far: a smaller validator; the SDK's commands, the logger and all code for misses behind `import()`";

const ROUNDS = { quick: 2, full: 15 } as const;

/** Cold starts: code before the first hit, and the time that a new process takes to import it. */
export async function run({ scale, progress }: RowContext): Promise<RowResult> {
  const folder = await mkdtemp(path.join(tmpdir(), "bench-bundles-"));
  try {
    const built = new Map<Name, Built>();
    for (const [name, module] of Object.entries(MODULES) as [Name, string][]) {
      progress(`bundles ${name}`);
      built.set(name, await bundleTo(path.join(folder, String(built.size)), `${module}.handler`));
    }
    const times = new Map<Name, number[]>();
    for (let round = 0; round <= ROUNDS[scale]; round += 1) {
      progress(`imports, round ${round} of ${ROUNDS[scale]}`);
      for (const [name, { file }] of built) {
        const ms = importMs(file);
        // The first round is not counted: it reads files that are not yet in the page cache.
        if (round > 0) times.set(name, [...(times.get(name) ?? []), ms]);
      }
    }
    return resultOf(built, new Map([...times].map(([name, each]) => [name, median(each)])));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function resultOf(built: ReadonlyMap<Name, Built>, times: ReadonlyMap<Name, number>): RowResult {
  const handler = built.get(HANDLER) as Built;
  const bare = times.get(BARE) ?? Number.NaN;
  const ratio = (times.get(HANDLER) ?? Number.NaN) / bare;
  const eagerKb = handler.eagerBytes / KB;
  const shares = [...handler.shares].toSorted(([, one], [, other]) => other - one);
  return {
    tables: [
      {
        title: "Code before the first hit, and its import in a new process",
        notes: [
          "Bundled as SST bundles for Lambda, minified. The rest of the code is loaded by the first miss, the first write or the first request with a token.",
        ],
        columns: ["", "KB before the first hit", "KB in all", "import, ms", "× bare SDK"],
        rows: [...built].map(([name, { eagerBytes, allBytes }]) => [
          name,
          Math.round(eagerBytes / KB),
          Math.round(allBytes / KB),
          times.get(name) ?? null,
          (times.get(name) ?? Number.NaN) / bare,
        ]),
      },
      {
        title: `Packages before the first hit of ${HANDLER}`,
        columns: ["", "KB"],
        rows: shares.map(([name, bytes]) => [name, bytes / KB]),
      },
    ],
    counts: {},
    goals: [
      {
        text: `code before the first hit: ≤ ${MOST_KB} KB`,
        measured: `${Math.round(eagerKb)} KB`,
        holds: eagerKb <= MOST_KB,
        ...(eagerKb > MOST_KB && {
          why: `${shares[0]?.[0]} is ${Math.round((shares[0]?.[1] ?? 0) / KB)} KB of it`,
        }),
      },
      {
        text: `import of ${HANDLER} ÷ that of bare \`@upstash/redis\`: ≤ ${MOST_RATIO}`,
        measured: ratio.toFixed(2),
        holds: ratio <= MOST_RATIO,
        ...(ratio > MOST_RATIO && { why: WHY_SLOW }),
      },
    ],
    charts: [
      {
        name: "cold-start",
        title: "Code before the first hit",
        unit: "KB",
        bars: [...built].map(([label, { eagerBytes }]) => ({
          label: label.replaceAll("`", ""),
          value: Math.round(eagerBytes / KB),
        })),
      },
    ],
  };
}

/** Environment of a function whose services are unreachable: an import calls none of them. */
const ENVIRONMENT = functionEnvironment(
  localLinks({
    issuerUrl: "http://127.0.0.1:1",
    table: "none",
    redis: { url: "http://127.0.0.1:1", token: "none" },
    queueUrls: {},
  }),
  { dynamodb: "http://127.0.0.1:1" },
  {},
);

function importMs(file: string): number {
  const script = path.join(import.meta.dirname, "../cold/import-time.mjs");
  const printed = execFileSync(process.execPath, [script, file], {
    encoding: "utf8",
    env: ENVIRONMENT,
  });
  return Number(printed.trim().split("\n").at(-1));
}
