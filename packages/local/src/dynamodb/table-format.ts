import { convertFeeds } from "@algoitny/core/history/convert-feeds";
import { FEED_SHAPE } from "@algoitny/core/history/feed-shape";
import { createClient, createDatabase, type Database } from "@algoitny/core/table/database";
import { tableDefinition } from "@algoitny/core/table/definition";
import { openFormat, TABLE_FORMAT, writeFormat } from "@algoitny/core/table/format";
import { withoutStream } from "./local-table.ts";

interface TablePlace {
  endpoint: string;
  table: string;
}

/** Throws unless this version can read the table. */
export async function requireFormat(place: TablePlace): Promise<void> {
  const format = await over(place, openFormat);
  if (format === TABLE_FORMAT) return;
  const said = `the data is in format ${format}, and this version reads format ${TABLE_FORMAT}`;
  throw new Error(
    format < TABLE_FORMAT
      ? `${said}: convert it with \`npm run migrate\`, with the same --data as \`npm run dev\``
      : `${said}: a later version wrote it, use that one`,
  );
}

/** Result of a conversion; `feeds` is 0 for a table that is in this version's format already. */
export interface Conversion {
  from: number;
  to: number;
  feeds: number;
}

/** Converts the table to the format of this version. */
export async function convertTable(place: TablePlace): Promise<Conversion> {
  return over(place, async (db) => {
    const format = await openFormat(db);
    const result = { from: format, to: TABLE_FORMAT };
    if (format === TABLE_FORMAT) return { ...result, feeds: 0 };
    if (!(format < TABLE_FORMAT))
      throw new Error(`the data is in format ${format}: a later version wrote it`);
    // Counts of a problem's executions need no conversion: the count of the head item is still added to the counters'.
    const feeds = await withoutStream(place, tableDefinition.StreamSpecification, () =>
      convertFeeds(db, FEED_SHAPE),
    );
    await writeFormat(db);
    return { ...result, feeds };
  });
}

async function over<Result>(
  { endpoint, table }: TablePlace,
  work: (db: Database) => Promise<Result>,
): Promise<Result> {
  const client = createClient(endpoint);
  try {
    return await work(createDatabase({ tableName: table, client }));
  } finally {
    client.destroy();
  }
}
