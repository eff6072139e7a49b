import { decodeBody } from "../codec.ts";
import type { AnyResource, Serializer } from "../resource.ts";
import type { Served } from "./served.ts";

/**
 * A decoded value, parsed by the schema if one was given; `fits` is false for a stored value that is damaged or does
 * not match.
 */
export interface Decoded<Value> {
  readonly fits: boolean;
  readonly value: Value | undefined;
}

/** Source of a decoded value: its entry, unless this read has loaded the value. */
export type Decodable = Pick<Served, "entry" | "loaded">;

export type Decoding = Partial<Pick<AnyResource, "schema" | "isShared" | "serializer">>;

/** Decodes what was served, and validates it. A value that this read has loaded is already validated: it always fits. */
export async function decodeServed<Value>(
  resource: Decoding,
  served: Decodable,
): Promise<Decoded<Value>> {
  const shared = served.entry.kept?.shared as Decoded<Value> | undefined;
  return (
    shared ??
    (resource.schema || resource.isShared || resource.serializer
      ? (await import("./checked-value.ts")).decodeChecked(resource, served)
      : decodeStored(served))
  );
}

/** Decodes what was served, without its schema. */
export function decodeStored<Value>(
  { entry, loaded }: Decodable,
  serializer?: Serializer,
): Decoded<Value> {
  try {
    // With status 404 an empty body means undefined, which has no JSON text.
    const isUndefined = entry.body === "" && entry.header.status === 404;
    const value = loaded
      ? loaded.value
      : isUndefined
        ? undefined
        : decodeBody(entry, entry.kept, serializer);
    return { fits: true, value: value as Value };
  } catch {
    return { fits: false, value: undefined };
  }
}
