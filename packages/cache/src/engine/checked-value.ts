import { CacheError } from "../errors.ts";
import { type Decodable, type Decoded, decodeStored, type Decoding } from "./decode.ts";
import { NO_ETAG } from "../protocol/entry.ts";
import type { AnyRead } from "./read-context.ts";

/**
 * Decodes a value by its schema, and freezes it if reads share it (`l1.share`): if its entry is kept in the process,
 * later reads get the same value. Values that contain anything but plain data, such as a Date that a schema makes, are
 * neither frozen nor shared.
 */
export async function decodeChecked<Value>(
  resource: Decoding,
  served: Decodable,
): Promise<Decoded<Value>> {
  const { isShared } = resource;
  const { kept } = served.entry;
  const decoded = await fitted<Value>(resource, isShared ? asStored(served) : served);
  const parts = isShared && decoded.fits ? partsOf(decoded.value) : null;
  if (parts === null) return decoded;
  for (const part of parts) Object.freeze(part);
  if (kept) {
    kept.shared = decoded;
    delete kept.text;
  }
  return decoded;
}

/**
 * Drops the loader's own object, which other code may change: reads that share get a decoded copy, if the value could
 * be stored.
 */
function asStored(served: Decodable): Decodable {
  const { loaded: _own, ...stored } = served;
  return served.entry.header.etag === NO_ETAG ? served : stored;
}

/** The value of what was served, not parsed by the schema. */
export function valueOf({ keys, resource }: AnyRead, served: Decodable): unknown {
  const decoded = decodeStored(served, resource.serializer);
  if (decoded.fits) return decoded.value;
  throw new CacheError("store_failed", `${keys.key}: the stored body is damaged`);
}

async function fitted<Value>(
  { schema, serializer }: Decoding,
  served: Decodable,
): Promise<Decoded<Value>> {
  const decoded = decodeStored<Value>(served, serializer);
  if (schema === undefined || !decoded.fits || served.entry.header.status !== 200) return decoded;
  const { value } = decoded;
  const checked = (await schema["~standard"].validate(value)) as { issues?: unknown; value: Value };
  if (!checked.issues) return { fits: true, value: checked.value };
  return served.loaded ? decoded : { fits: false, value: undefined };
}

/** Objects and lists in a value, each once; null if a part of it is not plain data. The loop also visits what it adds. */
function partsOf(value: unknown): Set<unknown> | null {
  const parts = new Set([value]);
  for (const part of parts) {
    if (typeof part === "function") return null;
    if (typeof part !== "object" || part === null) continue;
    const prototype: unknown = Object.getPrototypeOf(part);
    const isPlain = Array.isArray(part) || prototype === null || prototype === Object.prototype;
    if (!isPlain) return null;
    for (const each of Object.values(part))
      if (typeof each === "object" || typeof each === "function") parts.add(each);
  }
  return parts;
}
