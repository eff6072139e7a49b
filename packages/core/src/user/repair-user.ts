import { update } from "../table/action.ts";
import { takeIds } from "../table/counter.ts";
import type { Database, Item } from "../table/database.ts";
import { type Feed, feedIds, keys, pks } from "../table/keys.ts";
import { getItems, query } from "../table/read-items.ts";
import { transact } from "../table/transact.ts";
import { User } from "./user.ts";

/**
 * Writes a user's id in place of an unreadable one: the id in their newest public or private execution, or a new one.
 * Undefined if a concurrent write came first.
 */
export async function repairUser(
  db: Database,
  stored: Item,
  user: User,
): Promise<User | undefined> {
  const id = (await findUserId(db, user.sub)) ?? (await takeIds(db, "user"));
  const refused = await transact(db, [
    update(db, keys.user(user.sub), "user", { set: { id } }, { equals: { id: stored["id"] } }),
  ]);
  return refused.length > 0 ? undefined : { ...user, id };
}

async function findUserId(db: Database, sub: string): Promise<number | undefined> {
  const feeds: Feed[] = [
    { kind: "own_public", sub },
    { kind: "own_private", sub },
  ];
  const newest = { between: feedIds(0), newestFirst: true, limit: 1 };
  const entries = await Promise.all(
    feeds.map((feed) => query(db, { pk: pks.feed(feed), ...newest })),
  );
  const rows = await getItems(
    db,
    entries.flat().map(({ sk }) => keys.history(Number(sk))),
  );
  return rows
    .map((row) => User.shape.id.safeParse(row?.["user"]).data)
    .find((id) => id !== undefined);
}
