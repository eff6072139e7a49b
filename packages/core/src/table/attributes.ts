import * as z from "zod/mini";
import type { Database, Item } from "./database.ts";
import type { Key } from "./keys.ts";

/** The readable part of an item: a write repairs the rest. */
export interface ItemReading<Row> {
  row: Row;
  /** The attributes as stored, for conditions. */
  stored: Item;
  /**
   * Attributes that cannot be read or contradict the key. The row has the key's value, the default, a blank or nothing in
   * their place.
   */
  unreadable: ReadonlySet<string>;
}

/** Thrown if an attribute cannot be read. The client gets a 500 that does not name the attribute; the log names it. */
export class UnreadableItemError extends Error {
  override readonly name = "UnreadableItemError";

  constructor({ pk, sk }: Key, attributes: Iterable<string>) {
    super(
      `the item ${pk} / ${sk} has attributes that cannot be read: ${[...attributes].join(", ")}`,
    );
  }
}

/**
 * Reads an item; if that fails, attribute by attribute. `own` contains what the key determines, `blank` replaces required
 * attributes that cannot be read.
 */
export function readAttributes<Schema extends z.ZodMiniObject>(
  db: Database,
  stored: Item,
  schema: Schema,
  { own, blank }: { own: Partial<z.output<Schema>>; blank: Partial<z.output<Schema>> },
): ItemReading<z.output<Schema>> {
  const parsed = schema.safeParse({ ...stored, ...own });
  const unreadable = new Set(
    Object.entries(own).flatMap(([name, value]) => (stored[name] === value ? [] : [name])),
  );
  if (parsed.success && unreadable.size === 0) return { row: parsed.data, stored, unreadable };

  const row: Record<string, unknown> = { ...blank, ...own };
  for (const [name, field] of Object.entries(schema.shape)) {
    if (name in own) continue;
    const value = z.safeParse(field, stored[name]);
    if (!value.success) unreadable.add(name);
    const known = value.success ? value : z.safeParse(field, undefined);
    if (known.success) row[name] = known.data;
  }
  db.onUnreadable?.(stored, new UnreadableItemError(stored, unreadable));
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- each attribute has passed its own schema, or is blank
  return { row: row as z.output<Schema>, stored, unreadable };
}

/** Reason why an item cannot be shown: the first of its parts with unreadable attributes. */
export function damageOf(
  ...parts: readonly (ItemReading<unknown> | undefined)[]
): UnreadableItemError | undefined {
  const damaged = parts.find((part) => part !== undefined && part.unreadable.size > 0);
  return damaged && new UnreadableItemError(damaged.stored, damaged.unreadable);
}
