import { inspectEntry } from "@algoitny/cache";
import { CACHE_PREFIX } from "../cache-prefix.ts";
import { showEntry } from "../contract/operation-shapes.ts";
import { ok } from "../endpoint/answer.ts";
import { HttpError } from "../endpoint/http-error.ts";
import { endpoint } from "../http-runtime.ts";
import { explainEntry, valueOf } from "../inspection/explain-entry.ts";
import { keyId, log, store } from "../runtime.ts";
import { redact } from "../telemetry/log.ts";

/** Facts about one stored entry. With `value=true` also its value, for admins only; a log line then records who looked. */
export const handler = endpoint(
  "GET /api/ops/cache/entry/",
  showEntry,
  async ({ query: { key, value } }, { caller }) => {
    if (value && !caller.admin) throw new HttpError(403, "only admins may see values");
    const { entry, isLoading } = await inspectEntry(store, key, CACHE_PREFIX);
    const key_id = keyId(key);
    if (value) log.info("a cached value was shown", { key: redact(key), key_id, by: caller.sub });
    return ok({
      ...explainEntry({ key, key_id }, entry, isLoading, Date.now()),
      ...(value && entry && { value: await valueOf(entry) }),
    });
  },
);
