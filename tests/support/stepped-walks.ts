import type { Store, WalkRequest } from "@algoitny/cache/store";

/** A store that walks in steps as Redis's SCAN does, over the names that existed when the walk began. */
export function walkInSteps(store: Store, namesAStep: number): Store {
  let names: string[] = [];
  const walk = async (request: WalkRequest) => {
    const { keys } = await store.walk({ ...request, cursor: "0" });
    if (request.cursor === "0") names = keys;
    const at = Number(request.cursor);
    const next = at + namesAStep;
    return {
      cursor: next < names.length ? String(next) : "0",
      keys: names.slice(at, next),
    };
  };
  return {
    mget: (keys) => store.mget(keys),
    follow: (request) => store.follow(request),
    lease: (batch) => store.lease(batch),
    revalidate: (request) => store.revalidate(request),
    stamps: (request) => store.stamps(request),
    commit: (batch) => store.commit(batch),
    begin: (request) => store.begin(request),
    end: (request) => store.end(request),
    beat: (request) => store.beat(request),
    release: (request) => store.release(request),
    expire: (request) => store.expire(request),
    delete: (keys) => store.delete(keys),
    walk,
  };
}
