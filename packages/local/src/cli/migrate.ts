import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { TTL_ATTRIBUTE, tableDefinition } from "@algoitny/core/table/definition";
import { runCommand } from "@algoitny/ops/cli/command";
import { DEFAULT_DATA_DIR } from "@algoitny/ops/cli/running-cloud";
import { createTable } from "../dynamodb/local-table.ts";
import { startDynamoDb } from "../dynamodb/start-dynamodb.ts";
import { convertTable } from "../dynamodb/table-format.ts";
import { enginesFromEnvironment } from "../engines.ts";
import { lockFolder } from "../folder-lock.ts";
import { KEPT_TABLE } from "../kept-table.ts";

const USAGE = `Usage: npm run migrate -- [options]

Converts the data of an earlier version of the local cloud to this version's format. Stop \`npm run dev\` first.
An interrupted conversion can be repeated.

  --data DIR  the data folder that \`npm run dev\` was given (${DEFAULT_DATA_DIR})
  --json      one JSON object of { from, to, feeds }: the formats, and the number of feeds that were counted again
  --help      this text

Environment: DYNAMODB_ENGINE and DYNAMODB_ENDPOINT choose the engine, as for \`npm run dev\`.`;

function parse() {
  const { values } = parseArgs({
    options: {
      data: { type: "string", default: DEFAULT_DATA_DIR },
      json: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  return values;
}

await runCommand({
  usage: USAGE,
  parse,
  run: async ({ data, json }) => {
    const dataDir = resolve(data);
    if (!existsSync(dataDir))
      throw new Error(`no folder ${dataDir}: name the one that \`npm run dev\` was given`);
    await using stack = new AsyncDisposableStack();
    const lock = await lockFolder(dataDir);
    stack.defer(() => lock.close());
    const { dynamodb } = enginesFromEnvironment();
    const { endpoint } = stack.use(await startDynamoDb({ ...dynamodb, dataDir }));
    const definition = { ...tableDefinition, TableName: KEPT_TABLE };
    await createTable(endpoint, definition, { ttlAttribute: TTL_ATTRIBUTE });
    const done = await convertTable({ endpoint, table: KEPT_TABLE });
    const text =
      done.from === done.to
        ? `the data is in format ${done.to} already`
        : `converted from format ${done.from} to ${done.to}: ${done.feeds} feeds counted anew`;
    console.log(json ? JSON.stringify(done) : text);
  },
});
