import { decodeBody } from "../codec.ts";
import type { StandardSchema } from "../resource.ts";
import type { Served } from "./served.ts";

/** A value as its schema has it; `fits` is false for a stored one that is damaged or does not fit; undefined says "not found". */
export interface Decoded<Value> {
  readonly fits: boolean;
  readonly value: Value | undefined;
}

const UNFIT = { fits: false, value: undefined };

/** Decodes what was served, and checks it. A value that was loaded just now is the loader's own business: it always fits. */
export async function decodeServed<Value>(
  { schema }: { readonly schema?: StandardSchema<Value> | undefined },
  { entry, loaded }: Served,
): Promise<Decoded<Value>> {
  if (entry.header.status === 404) return { fits: true, value: undefined };
  let value: unknown;
  try {
    value = loaded ? loaded.value : await decodeBody({ ...entry.header, body: entry.body });
  } catch {
    return UNFIT;
  }
  if (schema === undefined) return { fits: true, value: value as Value };
  const checked = (await schema["~standard"].validate(value)) as { issues?: unknown; value: Value };
  if (!checked.issues) return { fits: true, value: checked.value };
  return loaded ? { fits: true, value: value as Value } : UNFIT;
}
