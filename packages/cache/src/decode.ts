import { decodeBody } from "./codec.ts";
import type { StandardSchema } from "./resource.ts";
import type { Served } from "./served.ts";

/** Decodes what was served, and tells whether it fits the schema; undefined says "not found". */
export async function decodeServed<Value>(
  { schema }: { readonly schema?: StandardSchema<Value> | undefined },
  { entry, loaded }: Served,
): Promise<{ fits: boolean; value: Value | undefined }> {
  if (loaded) return { fits: true, value: loaded.value as Value | undefined };
  if (entry.header.status === 404) return { fits: true, value: undefined };
  const value = await decodeBody({
    body: entry.body,
    coding: entry.header.coding,
    kind: entry.header.kind,
  });
  if (schema === undefined) return { fits: true, value: value as Value };
  const checked = (await schema["~standard"].validate(value)) as { issues?: unknown; value: Value };
  return checked.issues ? { fits: false, value: undefined } : { fits: true, value: checked.value };
}
