import type { Engine } from "./context.ts";
import { lookUp } from "./lookup.ts";
import type { AnyRead } from "./read-context.ts";
import type { Served } from "./served.ts";

/** The stored entry if a read may be served it, fresh or stale; otherwise undefined. Loads and refreshes nothing. */
export async function peek(engine: Engine, read: AnyRead): Promise<Served | undefined> {
  if (read.resource.rollout && !(await import("./rollout.ts")).mayServeStored(read))
    return undefined;
  const [found] = await lookUp(engine, [read]);
  const look = found?.look;
  if (look?.state !== "fresh" && look?.state !== "stale") return undefined;
  const status = look.state === "fresh" ? "hit" : "stale";
  return { status, stored: false, collapsed: false, entry: look.entry, asOf: 0 };
}
