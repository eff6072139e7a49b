import { badRequest } from "../endpoint/http-error.ts";

/** Arguments of a connection as Relay specifies them: forward only. */
export interface ConnectionArgs {
  readonly first?: number | null;
  readonly after?: string | null;
}

/** A page of a list as REST serves it, and the total number of rows. */
export interface ListPage<Row> {
  readonly rows: readonly Row[];
  readonly total: number;
}

/** Number of rows of a connection if the document gives none. */
export const DEFAULT_FIRST = 20;
export const MOST_FIRST = 100;

/** A position in a list: the offset of a row and its id, because rows move when others are inserted. */
interface Place {
  readonly offset: number;
  readonly id: number;
}

/** Opaque to clients. */
export function cursorOf({ offset, id }: Place): string {
  return Buffer.from(`${offset}:${id}`).toString("base64url");
}

/** Reads a cursor; throws a 400 for an invalid one. */
export function placeOf(cursor: string): Place {
  const text = Buffer.from(cursor, "base64url").toString();
  const [, offset, id] = /^(\d{1,10}):(\d{1,16})$/.exec(text) ?? [];
  const place = { offset: Number(offset), id: Number(id) };
  if (id !== undefined && cursorOf(place) === cursor) return place;
  throw badRequest([{ path: "after", message: "is not a cursor of this list" }]);
}

/** Number of rows that a connection requests; throws a 400 if out of bounds. */
export function firstOf({ first }: ConnectionArgs): number {
  const count = first ?? DEFAULT_FIRST;
  if (Number.isInteger(count) && count >= 1 && count <= MOST_FIRST) return count;
  throw badRequest([{ path: "first", message: `must be from 1 to ${MOST_FIRST}` }]);
}

/**
 * Makes a connection from the pages of REST's list, so that both read the same entries. A cursor's row is searched in
 * the page of its old offset, then in the neighbouring pages; if it is gone, the row at its offset comes next.
 */
export async function connect<Row extends { readonly id: number }>(
  args: ConnectionArgs,
  pageSize: number,
  read: (page: number) => Promise<ListPage<Row>>,
) {
  const first = firstOf(args);
  const start = args.after == null ? 0 : await startBehind(placeOf(args.after), pageSize, read);
  const pages: Promise<ListPage<Row>>[] = [];
  for (let page = Math.floor(start / pageSize); page * pageSize < start + first; page += 1)
    pages.push(read(page));
  const found = await Promise.all(pages);
  const skipped = start % pageSize;
  const rows = found.flatMap((page) => page.rows).slice(skipped, skipped + first);
  const totalCount = found[0]?.total ?? 0;
  const edges = rows.map((node, index) => {
    const cursor = cursorOf({ offset: start + index, id: node.id });
    return { node, cursor };
  });
  return {
    edges,
    page_info: {
      has_next_page: start + rows.length < totalCount,
      has_previous_page: start > 0,
      start_cursor: edges[0]?.cursor ?? null,
      end_cursor: edges.at(-1)?.cursor ?? null,
    },
    total_count: totalCount,
  };
}

async function startBehind<Row extends { readonly id: number }>(
  { offset, id }: Place,
  pageSize: number,
  read: (page: number) => Promise<ListPage<Row>>,
): Promise<number> {
  const home = Math.floor(offset / pageSize);
  for (const page of [home, home + 1, home - 1]) {
    if (page < 0) continue;
    const { rows } = await read(page);
    const index = rows.findIndex((row) => row.id === id);
    if (index >= 0) return page * pageSize + index + 1;
  }
  return offset;
}
