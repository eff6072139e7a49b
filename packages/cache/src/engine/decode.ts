import { decodeBody } from "../codec.ts";
import type { AnySchema } from "../resource.ts";
import type { Served } from "./served.ts";

/** A value as its schema has it; `fits` is false for a stored one that is damaged or does not fit. */
export interface Decoded<Value> {
  readonly fits: boolean;
  readonly value: Value | undefined;
}

const UNFIT = { fits: false, value: undefined };

/** Decodes what was served, and checks it. What was loaded just now has been checked. */
export async function decodeServed<Value>(
  { schema }: { readonly schema?: AnySchema | undefined },
  { entry, loaded }: Served,
): Promise<Decoded<Value>> {
  const isFound = entry.header.status === 200;
  let value: unknown;
  try {
    if (loaded) value = loaded.value;
    // Nothing at all stands for undefined, which JSON has no text for.
    else if (isFound || entry.body !== "")
      value = await decodeBody({ ...entry.header, body: entry.body });
  } catch {
    return UNFIT;
  }
  if (schema === undefined || !isFound) return { fits: true, value: value as Value };
  const checked = (await schema["~standard"].validate(value)) as { issues?: unknown; value: Value };
  if (!checked.issues) return { fits: true, value: checked.value };
  return loaded ? { fits: true, value: value as Value } : UNFIT;
}
