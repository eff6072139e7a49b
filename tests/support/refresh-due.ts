import type { Cache, ReadOptions, RefreshResult, Resource } from "@algoitny/cache";

/** Refreshes an entry if that is due, as the consumer of its task does. */
export function refreshDue<P, V, S>(
  cache: Cache,
  resource: Resource<P, V, S>,
  params: P,
  options: Partial<ReadOptions<S>> = {},
): Promise<RefreshResult> {
  const task = { resource: resource.name, key: resource.keyFor(params), params };
  return cache.runRefreshTask(task, options);
}
