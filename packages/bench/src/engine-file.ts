import { createHash } from "node:crypto";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Key } from "@algoitny/core/table/keys";
import { marshall } from "@aws-sdk/util-dynamodb";

type Item = Record<string, unknown>;

/** The embedded engine's file: one SQLite table for each of DynamoDB's. */
const FILE = "dynoxide.db";

/** Time for which a write waits for the engine's own writes. */
const BUSY_MS = 10_000;

/** Digits of the hash by which the engine orders the partitions of a scan. */
const HASH_DIGITS = 6;

/** Writes items into a table's file. */
export interface DirectWriter extends Disposable {
  /** Writes all of them or none, replacing items with the same keys. */
  put(items: readonly Item[]): void;
  remove(keys: readonly Key[]): void;
}

/**
 * Writes items directly into the folder of the embedded engine, past its API: hundreds of thousands take seconds, where
 * the API takes an hour. The table must have no stream.
 */
export function openDirectly(folder: string, table: string): DirectWriter {
  const database = new DatabaseSync(path.join(folder, FILE), { timeout: BUSY_MS });
  const insert = database.prepare(
    `INSERT OR REPLACE INTO "${table}" (pk, sk, item_json, item_size, hash_prefix) VALUES (?, ?, ?, ?, ?)`,
  );
  const remove = database.prepare(`DELETE FROM "${table}" WHERE pk = ? AND sk = ?`);
  return {
    put(items) {
      database.exec("BEGIN IMMEDIATE");
      for (const item of items) {
        const [pk, sk] = [String(item["pk"]), String(item["sk"])];
        const stored = JSON.stringify(marshall(item));
        const hash = createHash("md5").update(pk).digest("hex").slice(0, HASH_DIGITS);
        insert.run(`S:${pk}`, `S:${sk}`, stored, sizeOf(item), hash);
      }
      database.exec("COMMIT");
    },
    remove(keys) {
      for (const { pk, sk } of keys) remove.run(`S:${pk}`, `S:${sk}`);
    },
    [Symbol.dispose]: () => database.close(),
  };
}

/** Bytes of names and values, roughly as DynamoDB counts them. */
function sizeOf(item: Item): number {
  return Object.entries(item).reduce((bytes, [name, value]) => {
    const text = typeof value === "string" ? value : JSON.stringify(value);
    return bytes + Buffer.byteLength(name) + Buffer.byteLength(text);
  }, 0);
}
