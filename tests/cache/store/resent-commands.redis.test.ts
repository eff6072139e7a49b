import { createRedisStore } from "@algoitny/cache/redis";
import type { CommitBatch, CommitRequest, LeaseBatch, Store } from "@algoitny/cache/store";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type CuttingProxy, startCuttingProxy } from "../../support/cutting-proxy.ts";
import { CLIENTS, type Connected, hasGlide } from "../../support/redis-clients.ts";
import {
  installedServers,
  type RedisProcess,
  startRedisProcess,
} from "../../support/redis-process.ts";

const withGlide = await hasGlide();

/** A request for one lease and one stamp, under names of its own. */
const leaseOf = (name: string): LeaseBatch => ({
  seqKey: "seq",
  random: `random-${name}`,
  requests: [
    {
      entryKey: `${name}:entry`,
      leaseKey: `${name}:lease`,
      leaseMs: 60_000,
      seenEntryId: null,
      force: false,
      stamps: [{ key: `${name}:stamp`, permanent: false }],
      stampTtlMs: 60_000,
    },
  ],
});

async function grantOf(store: Store, name: string) {
  const [outcome] = await store.lease(leaseOf(name));
  if (!outcome?.ok) throw outcome?.error ?? new Error("no outcome");
  return outcome.value;
}

const commitOf = (name: string, token: string, stamp: string): CommitBatch => ({
  ...leaseOf(name),
  requests: [
    {
      entryKey: `${name}:entry`,
      leaseKey: `${name}:lease`,
      token,
      id: `2.${name.padEnd(22, "-")}`,
      rest: "[]\nnull",
      bodyOfId: null,
      entryTtlMs: 60_000,
      stampTtlMs: 60_000,
      stamps: [{ key: `${name}:stamp`, permanent: false, hold: null, rule: "equal", stamp }],
    },
  ],
});

for (const [server, version] of installedServers()) {
  describe(`${server} ${version}, when a command was executed and its answer is lost`, () => {
    let process: RedisProcess;
    beforeAll(async () => {
      process = await startRedisProcess(server);
    });
    afterAll(() => process[Symbol.asyncDispose]());

    for (const [client, connect] of Object.entries(CLIENTS)) {
      describe.skipIf(client === "Valkey GLIDE" && !withGlide)(client, () => {
        const own = client.replaceAll(" ", "-");
        let proxy: CuttingProxy;
        let connected: Connected;
        let store: Store;
        beforeAll(async () => {
          proxy = await startCuttingProxy(process.port);
          connected = await connect(proxy.port);
          store = createRedisStore(connected.client);
          // From here on the server has the scripts.
          const { token, stamps } = await grantOf(store, `${own}-first`);
          await store.commit(commitOf(`${own}-first`, token, stamps[0] ?? ""));
        });
        afterAll(async () => {
          connected.close();
          await proxy[Symbol.asyncDispose]();
        });

        test("a lease is still granted, under the token that the store has", async () => {
          proxy.cutAnswerTo(`${own}-leased:lease`);
          const grant = await grantOf(store, `${own}-leased`);
          expect(proxy.arrived).toBe(2);
          expect(grant.granted).toBe(true);
          const held = await store.mget([`${own}-leased:lease`, `${own}-leased:stamp`]);
          expect(held).toEqual([grant.token, grant.stamps[0]]);
        });

        test("a commit is known to be stored", async () => {
          const { token, stamps } = await grantOf(store, `${own}-stored`);
          proxy.cutAnswerTo(`${own}-stored:entry`);
          const commit = commitOf(`${own}-stored`, token, stamps[0] ?? "");
          expect(await store.commit(commit)).toEqual([
            { ok: true, value: { state: "stored", stamps } },
          ]);
          expect(proxy.arrived).toBe(2);
          const { entryKey, leaseKey, id, rest } = commit.requests[0] as CommitRequest;
          const text = `${id}\n${stamps[0]}\n${rest}`;
          expect(await store.mget([entryKey, leaseKey])).toEqual([text, null]);
        });

        test("an invalidation has happened, and its repetition restores nothing", async () => {
          const before = await grantOf(store, `${own}-gone`);
          proxy.cutAnswerTo(`${own}-gone:stamp`);
          await store.delete([`${own}-gone:stamp`, `${own}-gone:lease`]);
          expect(proxy.arrived).toBe(2);
          const after = await grantOf(store, `${own}-gone`);
          expect(after.stamps).not.toEqual(before.stamps);
          const [late] = await store.commit(commitOf(`${own}-gone`, before.token, ""));
          expect(late).toMatchObject({ ok: true, value: { state: "refused" } });
        });

        test("a look is answered", async () => {
          proxy.cutAnswerTo(`${own}-looked:entry`);
          expect(await store.mget([`${own}-looked:entry`])).toEqual([null]);
          expect(proxy.arrived).toBe(2);
        });
      });
    }
  });
}
