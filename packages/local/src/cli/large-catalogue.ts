import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { ResourceNotFoundException } from "@aws-sdk/client-dynamodb";
import { createClient, createDatabase } from "@algoitny/core/table/database";
import { tableDefinition } from "@algoitny/core/table/definition";
import { runCommand } from "@algoitny/ops/cli/command";
import { DEFAULT_DATA_DIR } from "@algoitny/ops/cli/running-cloud";
import { createProgressBar } from "@algoitny/ops/progress-bar";
import { fillCatalogue } from "../catalogue/fill-catalogue.ts";
import { withoutStream } from "../dynamodb/local-table.ts";
import { startDynamoDb } from "../dynamodb/start-dynamodb.ts";
import { requireFormat } from "../dynamodb/table-format.ts";
import { enginesFromEnvironment } from "../engines.ts";
import { lockFolder } from "../folder-lock.ts";
import { KEPT_TABLE } from "../kept-table.ts";

const MOST_PROBLEMS = 1_000_000;

const USAGE = `Usage: npm run catalogue -- --problems N [options]

Fills the local table up to N problems: those that it has, and variations of them (11 platforms, one title in four in Korean).
Stop \`npm run dev\` first. If this command is interrupted, run it again: it continues.

  --problems N  highest problem id to create: up to ${MOST_PROBLEMS}
  --data DIR    the data folder that \`npm run dev\` was given (${DEFAULT_DATA_DIR})
  --json        one JSON object of { from, to, seconds }: the last complete id before, and the highest id after
  --help        this text

Environment: DYNAMODB_ENGINE and DYNAMODB_ENDPOINT choose the engine, as for \`npm run dev\`.`;

function parse() {
  const { values } = parseArgs({
    options: {
      problems: { type: "string" },
      data: { type: "string", default: DEFAULT_DATA_DIR },
      json: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) return { ...values, wanted: 0 };
  const { problems } = values;
  const wanted = Number(problems);
  if (problems === undefined || !Number.isInteger(wanted) || wanted < 1 || wanted > MOST_PROBLEMS)
    throw new Error(`say how many with --problems N: a whole number from 1 to ${MOST_PROBLEMS}`);
  return { ...values, wanted };
}

await runCommand({
  usage: USAGE,
  parse,
  run: async ({ wanted, data, json }) => {
    const startMs = Date.now();
    const dataDir = resolve(data);
    if (!existsSync(dataDir))
      throw new Error(`no folder ${dataDir}: name the one that \`npm run dev\` was given`);
    await using stack = new AsyncDisposableStack();
    const lock = await lockFolder(dataDir);
    stack.defer(() => lock.close());
    const { dynamodb } = enginesFromEnvironment();
    const { endpoint, name } = stack.use(await startDynamoDb({ ...dynamodb, dataDir }));
    await requireFormat({ endpoint, table: KEPT_TABLE }).catch((error: unknown) => {
      if (!(error instanceof ResourceNotFoundException)) throw error;
      throw new Error(
        `${dataDir} has no data of ${name}: run \`npm run dev -- --data ${data}\` once with this engine, which creates it`,
      );
    });
    const client = createClient(endpoint);
    stack.defer(() => client.destroy());
    const bar = createProgressBar(wanted, "problems");
    const onProgress = (id: number) => bar.update(id);
    const db = createDatabase({ tableName: KEPT_TABLE, client });
    const place = { endpoint, table: KEPT_TABLE };
    const filled = await withoutStream(place, tableDefinition.StreamSpecification, () =>
      fillCatalogue(db, { wanted, onProgress }),
    ).finally(() => bar.stop());
    const seconds = Math.round((Date.now() - startMs) / 100) / 10;
    console.log(
      json
        ? JSON.stringify({ ...filled, seconds })
        : `problems up to ${filled.to} (before the run up to ${filled.from}), in ${seconds} s`,
    );
  },
});
