import { CacheError } from "../errors.ts";
import { type Decoded, decodeStored, type Decoding } from "./decode.ts";
import { NO_ETAG } from "../protocol/entry.ts";
import type { AnyRead } from "./read-context.ts";
import type { Served } from "./served.ts";

/**
 * Decodes a value by its schema, and freezes one that reads share: where its entry is held in the process, those that follow
 * get the same one. What is not plain data through and through, such as a Date that a schema makes, is neither frozen nor shared.
 */
export async function decodeChecked<Value>(
  resource: Decoding,
  served: Served,
): Promise<Decoded<Value>> {
  const { isShared } = resource;
  const { kept } = served.entry;
  const decoded = await fitted<Value>(resource, isShared ? asStored(served) : served);
  if (!isShared || !decoded.fits || !isPlainData(decoded.value)) return decoded;
  freeze(decoded.value);
  if (kept) {
    kept.shared = decoded;
    delete kept.text;
  }
  return decoded;
}

/** Drops the loader's own object, which its reader may change: reads that share get a copy, if it could be stored. */
function asStored(served: Served): Served {
  const { loaded: _own, ...stored } = served;
  return served.entry.header.etag === NO_ETAG ? served : stored;
}

/** The value of an entry as it is stored. */
export function valueOf({ keys, resource }: AnyRead, served: Served): unknown {
  const decoded = decodeStored(served, parserOf(resource.serializer));
  if (decoded.fits) return decoded.value;
  throw new CacheError("store_failed", `${keys.key}: the stored body is damaged`);
}

async function fitted<Value>(
  { schema, serializer }: Decoding,
  served: Served,
): Promise<Decoded<Value>> {
  const decoded = decodeStored<Value>(served, parserOf(serializer));
  if (schema === undefined || !decoded.fits || served.entry.header.status !== 200) return decoded;
  const { value } = decoded;
  const checked = (await schema["~standard"].validate(value)) as { issues?: unknown; value: Value };
  if (!checked.issues) return { fits: true, value: checked.value };
  return served.loaded ? decoded : { fits: false, value: undefined };
}

function parserOf(serializer: Decoding["serializer"]): ((text: string) => unknown) | undefined {
  return serializer && ((text) => serializer.parse(text));
}

function isPlainData(value: unknown): boolean {
  if (typeof value === "function") return false;
  if (typeof value !== "object" || value === null) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  const isPlain = Array.isArray(value) || prototype === null || prototype === Object.prototype;
  return isPlain && Object.values(value).every(isPlainData);
}

/** Parts first, so that what is frozen is frozen through and through. */
function freeze(value: unknown): void {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return;
  Object.values(value).forEach(freeze);
  Object.freeze(value);
}
