import { CacheError } from "./errors.ts";
import type { AnyResource } from "./resource.ts";

type Issue = { readonly message?: string; readonly path?: readonly unknown[] };

/** Rejects with `value_invalid` when a resource's schema refuses what its loader returned. */
export async function checkLoaded(
  { name, schema }: Pick<AnyResource, "name" | "schema">,
  value: unknown,
): Promise<void> {
  if (schema === undefined) return;
  const { issues } = (await schema["~standard"].validate(value)) as { issues?: readonly Issue[] };
  if (!issues) return;
  const [issue = {}] = issues;
  const where = issue.path?.length ? ` at "${issue.path.map(stepOf).join(".")}"` : "";
  const why = issue.message === undefined ? "" : `: ${issue.message}`;
  const message = `resource "${name}": load returned what its schema refuses${where}${why}`;
  throw new CacheError("value_invalid", message);
}

function stepOf(step: unknown): string {
  return String(typeof step === "object" && step !== null && "key" in step ? step.key : step);
}

const warned = new Set<string>();

/** Warns once for each resource whose values cannot be stored: until that is mended, every read of them loads. */
export function warnOfUnstorable(resource: string, error: Error): void {
  if (warned.has(resource)) return;
  warned.add(resource);
  const message = error.message.replace(
    /^value_unsupported: /,
    `value_unsupported: resource "${resource}": `,
  );
  process.emitWarning(`${message}; it is returned, but not stored`, "CacheWarning");
}
