import type { Engine } from "./engine.ts";
import { CacheError } from "./errors.ts";
import {
  commitRequest,
  failed,
  type Lease,
  type Made,
  notKept,
  replaceByNothing,
  settle,
  unstored,
} from "./lead-load.ts";
import { inLine, load, type Load, timed, toEntry, toLoad } from "./load.ts";
import { type AnyAsk, type Look, type StandIn, within } from "./lookup.ts";
import type { ReadDetail, Served } from "./served.ts";
import type { CommitRequest, Outcome } from "./store.ts";

/** One of many entries to be loaded. */
export interface Member {
  readonly ask: AnyAsk;
  readonly look: Look;
  readonly standIn: StandIn | null;
}

/** A member with the right to store what is loaded; null where there is no store to ask. */
export type Licensed = Member & { readonly lease: Lease | null };

/**
 * Loads many entries with one bulk load and stores them with one batch of commits; each has its own promise. `detail` says
 * why those without a lease have none.
 */
export function loadGroup(
  engine: Engine,
  members: readonly Licensed[],
  detail: ReadDetail = "store-unreachable",
): Map<string, Promise<Served>> {
  const loadTick = engine.tick();
  const loading = members.length === 0 ? Promise.resolve([]) : loadAll(engine, members);
  const commits = loading.then((loads) => commitAll(engine, { members, loads, loadTick, detail }));
  return new Map(
    members.map((member, index) => [
      member.ask.place.key,
      commits.then((results) => results[index]?.() as Promise<Served>),
    ]),
  );
}

/** What was loaded for each member, an Error where that failed; without a bulk loader each has its own time limit. */
async function loadAll(engine: Engine, members: readonly Licensed[]): Promise<(Load | Error)[]> {
  const [one] = members as [Licensed];
  const { resource, source, budget } = one.ask;
  const { loadMany } = resource;
  const limitMs = () => Math.min(resource.hardTimeoutMs, budget.leftMs());
  // Without leases, nothing else bounds how many loads there are at a time.
  const run: typeof inLine = one.lease ? (_engine, _ask, work) => work() : inLine;
  if (loadMany === undefined) {
    return Promise.all(
      members.map(({ ask }) => run(engine, ask, () => load(engine, ask, limitMs())).catch(asError)),
    );
  }
  const params = members.map(({ ask }) => ask.params);
  const call = async (signal: AbortSignal) => loadMany(params, source, { signal });
  try {
    const { value, startMs, loadMs } = await run(engine, one.ask, () =>
      timed(engine, one.ask, limitMs(), call),
    );
    const values = value as readonly unknown[];
    if (values.length !== members.length) {
      throw new CacheError(
        "load_failed",
        `${resource.name}: loadMany answered ${values.length} of ${members.length}`,
      );
    }
    const keepsNotFound = resource.negativeMs > 0;
    return values.map((item) =>
      item instanceof Error ? item : toLoad(item, { startMs, loadMs, keepsNotFound }),
    );
  } catch (error) {
    return members.map(() => asError(error));
  }
}

type Finish = () => Promise<Served>;

interface GroupLoad {
  readonly members: readonly Licensed[];
  readonly loads: readonly (Load | Error)[];
  readonly loadTick: number;
  readonly detail: ReadDetail;
}

async function commitAll(
  engine: Engine,
  { members, loads, loadTick, detail }: GroupLoad,
): Promise<Finish[]> {
  const made = await Promise.all(
    members.map((member, index) => toMade(engine, member, loads[index] as Load | Error, loadTick)),
  );
  const kept = members.flatMap(({ ask, lease }, index) => {
    const result = made[index];
    return lease && result && !(result instanceof Error) && result.made.keep
      ? [{ ask, lease, result, index }]
      : [];
  });
  const committing = {
    tick: engine.tick(),
    atMs: engine.clock.now(),
    generation: engine.l1.generation,
  };
  const requests = kept.map(({ ask, lease, result }) =>
    commitRequest(engine, ask, lease, result.entry),
  );
  const outcomes = await commitRequests(engine, members, requests);
  const accepted = new Map(kept.map(({ index }, place) => [index, outcomes[place]]));
  const isStoreUp = outcomes.some(({ ok }) => ok);
  return members.map(({ ask, lease }, index) => async () => {
    const result = made[index] as Made | Error;
    if (result instanceof Error) {
      if (lease) return failed(engine, ask, lease, { error: result, soft: false });
      throw result;
    }
    const outcome = accepted.get(index);
    if (outcome?.ok) return settle(engine, ask, result, { accepted: outcome.value, ...committing });
    if (lease === null) return unstored(result, "bypass", detail);
    // A store that took none of them is spared a request for each.
    if (outcome && isStoreUp) return notKept(engine, ask, lease, result, outcome.error);
    if (!result.made.keep) await replaceByNothing(engine, ask, lease);
    return unstored(result, "miss", result.made.keep ? "store-unreachable" : "not-stored");
  });
}

/** One request for all; when its answer does not come within the request's budget, nothing is known to be stored. */
async function commitRequests(
  engine: Engine,
  [one]: readonly Licensed[],
  requests: readonly CommitRequest[],
): Promise<Outcome<boolean>[]> {
  if (one === undefined || requests.length === 0) return [];
  const committing = within(one.ask, engine, engine.store.commit(requests));
  return committing.catch((error: unknown) =>
    requests.map(() => ({ ok: false, error: asError(error) })),
  );
}

async function toMade(
  engine: Engine,
  { ask, lease }: Licensed,
  loaded: Load | Error,
  loadTick: number,
): Promise<Made | Error> {
  if (loaded instanceof Error) return loaded;
  try {
    const stamps = lease?.stamps ?? ask.place.stampKeys.map(() => "");
    return { made: loaded, entry: await toEntry(engine, ask, loaded, stamps), loadTick };
  } catch (error) {
    return asError(error);
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
