import { Cache, type CacheEntry, MemoryStore, type Resource, type Tag } from "@algoitny/cache";
import { problemSegment } from "@algoitny/core/problem/problem.resources";
import type { Source } from "@algoitny/core/source";
import { tagsAbout } from "@algoitny/core/tags-about";
import { reachOf } from "@algoitny/core/tag-reach";
import {
  invalidateManually,
  InvalidationRequest,
} from "@algoitny/functions/invalidation/manual-invalidation";
import { namesOfTags } from "@algoitny/functions/invalidation/recorded-names";
import { expect, test } from "vitest";
import { VIEWS } from "../../core/soundness/random-views.ts";
import { actor, anExecution, aProblem, setup } from "../../core/support/fixtures.ts";
import { recordedSource, recordedView } from "../../core/support/recorded-source.ts";

/** Every view as a recorded one, with its parameters. */
const ENTRIES = VIEWS.map(({ resource, params }) => ({
  resource: recordedView(resource as unknown as Resource<unknown, unknown, Source>),
  params,
}));

/** Two problems with test cases and executions, read through a cache in which every view is recorded. */
async function recordedSite() {
  const app = await setup();
  const { problems, testCases, history } = app.tables;
  for (const [platform, problem_id] of [
    ["codeforces", "4A"],
    ["baekjoon", "1000"],
  ] as const) {
    const { id } = await problems.create(aProblem({ platform, problem_id }));
    await testCases.add(id, [{ input: "1", output: "1" }]);
    for (const name of ["ann", "bob"])
      await history.record(actor(name), anExecution({ problem_id: id, is_code_public: true }));
  }
  const cache = new Cache({ store: new MemoryStore() });
  const segments = recordedView(problemSegment) as typeof problemSegment;
  const source = recordedSource(cache, app.table.db, { segments });
  /** In sequence: on a busy machine, one of fifty concurrent loads may exceed its time limit. */
  const read = async () => {
    const entries: CacheEntry<unknown>[] = [];
    for (const { resource, params } of ENTRIES)
      entries.push(await cache.getEntry(resource, params, { source }));
    return entries;
  };
  const { tableName } = app.table.db;
  const namesOf = (tags: readonly Tag[]) =>
    namesOfTags(
      tags,
      tableName,
      reachOf(tags, () => true),
    );
  await read();
  return {
    /** Keys of the views that an operator's request leaves without a fresh entry. */
    async invalidatedBy(request: Partial<InvalidationRequest>): Promise<string[]> {
      await read();
      await invalidateManually(InvalidationRequest.parse(request), { cache, namesOf });
      const after = await Promise.all(
        ENTRIES.map(({ resource, params }) => cache.peek(resource, params)),
      );
      return VIEWS.filter((_, at) => after[at]?.status !== "hit").map(({ key }) => key);
    },
    /** Keys of the views whose entries are stored. */
    stored: async () => {
      const entries = await read();
      return VIEWS.filter((_, at) => entries[at]?.status === "hit").map(({ key }) => key);
    },
    [Symbol.asyncDispose]: () => app[Symbol.asyncDispose](),
  };
}

const isFor = (tag: string) => (key: string) =>
  VIEWS.some((view) => view.key === key && view.tags.includes(tag));
const allTags = [...new Set(VIEWS.flatMap(({ tags }) => tags))] as Tag[];

test("a tag that an operator names invalidates every recorded entry to which the rules would give it", async () => {
  await using site = await recordedSite();
  const stored = await site.stored();
  expect(stored.length).toBeGreaterThan(VIEWS.length / 2);
  for (const [index, tag] of allTags.entries())
    expect(await site.invalidatedBy({ tags: [tag], soft: index % 2 === 0 }), tag).toEqual(
      expect.arrayContaining(stored.filter(isFor(tag))),
    );
}, 120_000);

test("an operator's invalidation of a problem or a user reaches the recorded entries about them, and leaves others", async () => {
  await using site = await recordedSite();
  const stored = await site.stored();
  const isAbout = (tags: readonly string[]) => (key: string) => tags.some((tag) => isFor(tag)(key));
  const ofProblem = await site.invalidatedBy({ problem_id: 1 });
  expect(ofProblem).toEqual(expect.arrayContaining(stored.filter(isAbout(tagsAbout.problem(1)))));
  expect(ofProblem).not.toContain("user_stats:ann");
  const ofUser = await site.invalidatedBy({ user_id: "ann" });
  expect(ofUser).toEqual(expect.arrayContaining(stored.filter(isAbout(tagsAbout.user("ann")))));
  expect(ofUser).not.toContain("user_stats:bob");
  const one = await site.invalidatedBy({ tags: ["problem:1"] as never });
  expect(one).toContain("problem_detail:id:1");
  expect(one).not.toContain("problem_detail:id:2");
  const execution = await site.invalidatedBy({ tags: ["history:1"] as never });
  const details = execution.filter((key) => key.startsWith("history_detail:"));
  const viewers = ["anonymous", "ann", "bob"];
  expect(details).toEqual(viewers.map((viewer) => `history_detail:id:1:viewer:${viewer}`));
});
