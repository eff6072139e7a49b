import { expect, test } from "vitest";
import { CacheError } from "@algoitny/cache";
import {
  type CommitBatch,
  createScriptedStore,
  type LeaseBatch,
  type RedisPort,
} from "@algoitny/cache/store";

/** A store whose port answers every command with `reply`, and the commands sent to it. */
function answering(reply: unknown, more: Partial<RedisPort> = {}) {
  const sent: (readonly string[])[] = [];
  const store = createScriptedStore({
    send: async (command) => {
      sent.push(command);
      if (reply instanceof Error) throw reply;
      return reply;
    },
    ...more,
  });
  return { store, sent };
}

const LEASES: LeaseBatch = {
  seqKey: "seq",
  random: "random",
  requests: ["a", "b"].map((part) => ({
    entryKey: `entry:${part}`,
    leaseKey: `lease:${part}`,
    leaseMs: 1_000,
    seenEntryId: null,
    force: false,
    stamps: [{ key: "stamp", permanent: false }],
    stampTtlMs: 1_000,
  })),
};
const COMMITS: CommitBatch = {
  ...LEASES,
  requests: LEASES.requests.map(({ entryKey, leaseKey }) => ({
    entryKey,
    leaseKey,
    token: "1.random",
    id: "2.id",
    rest: "text",
    bodyOfId: null,
    entryTtlMs: 1,
    stamps: [],
    stampTtlMs: 1,
  })),
};

const failed = (operation: string) => ({
  code: "store_failed",
  message: `store_failed: ${operation}: the answer cannot be read`,
});

test("a reply of an unexpected shape fails the operation", async () => {
  for (const reply of [null, {}, [1, 2, 3], "text", 7, undefined]) {
    const { store } = answering(reply);
    await expect(store.mget(["a", "b"])).rejects.toMatchObject(failed("mget"));
    const walking = store.walk({ cursor: "0", pattern: "*", count: 1, remove: [] });
    await expect(walking).rejects.toMatchObject(failed("walk"));
    const [lease] = await store.lease(LEASES);
    expect(lease).toMatchObject({ ok: false, error: { code: "store_failed" } });
    const [commit] = await store.commit(COMMITS);
    expect(commit).toMatchObject({ ok: false, error: { code: "store_failed" } });
  }
  for (const reply of [null, {}, [1], "1"]) {
    const { store } = answering(reply);
    await expect(store.delete(["a"])).rejects.toMatchObject(failed("delete"));
    const releasing = store.release({ leaseKey: "l", token: "t", backoffMs: 0 });
    await expect(releasing).rejects.toMatchObject(failed("release"));
    const expiring = store.expire({ seqKey: "seq", random: "r", keys: ["a"] });
    await expect(expiring).rejects.toMatchObject(failed("expire"));
  }
});

test("a damaged value counts as missing, the values beside it do not", async () => {
  const { store } = answering(["a", 7, { b: 1 }, "", null, "f"]);
  expect(await store.mget(["a", "b", "c", "d", "e", "f"])).toEqual([
    "a",
    null,
    null,
    null,
    null,
    "f",
  ]);
});

test("a damaged element of a batch fails without the others", async () => {
  const { store } = answering(["1.random", "7", ["1.random.7"], ["?", [1]]]);
  expect(await store.lease(LEASES)).toMatchObject([{ ok: false }, { ok: true }]);
  expect(await answering([null, [1, ""]]).store.commit(COMMITS)).toMatchObject([
    { ok: false },
    { ok: true, value: { state: "stored" } },
  ]);
  const { store: unstamped } = answering(["1.random", "7", [null], [[1], [1]]]);
  expect(await unstamped.lease(LEASES)).toMatchObject([{ ok: false }, { ok: false }]);
});

test("a script is sent as its digest, and as its text to a server that does not know the digest", async () => {
  const sent: (readonly string[])[] = [];
  let known = true;
  const store = createScriptedStore({
    send: async (command) => {
      sent.push(command);
      if (command[0] === "EVALSHA" && !known) throw new Error("NOSCRIPT No matching script.");
      return 1;
    },
  });
  const release = { leaseKey: "lease", token: "token", backoffMs: 0 };
  await store.release(release);
  known = false;
  await expect(store.release(release)).resolves.toBeUndefined();
  expect(sent.map(([name]) => name)).toEqual(["EVALSHA", "EVALSHA", "EVAL"]);
  expect(sent[0]?.[1]).toMatch(/^[0-9a-f]{40}$/);
  expect(sent[2]?.[1]).toContain("redis.call('DEL', KEYS[1])");
});

test("the script of a look with more names than Lua's unpack can pass divides them among several commands", async () => {
  const names = (count: number) => Array.from({ length: count }, (_, index) => `name:${index}`);
  const scripts: string[] = [];
  const send = async ([name, script = "", , ...keys]: readonly string[]) => {
    scripts.push(name === "EVAL" ? script : "another command");
    return keys.map(() => null);
  };
  const store = createScriptedStore({ send }, { scriptHeader: "#!lua flags=own" });
  for (const count of [1, 5_000, 5_001]) expect(await store.mget(names(count))).toHaveLength(count);
  expect(scripts.map((script) => script.startsWith("#!lua flags=own\n"))).toEqual(
    Array(3).fill(true),
  );
  expect(scripts.map((script) => script.includes("unpack(KEYS)"))).toEqual([true, true, false]);
});

test("errors contain neither values nor addresses", async () => {
  const refused = Object.assign(new Error("connect ECONNREFUSED 10.0.0.1:6379"), {
    code: "ECONNREFUSED",
  });
  const cases: [Error, string][] = [
    [new Error('ERR no, command was: ["SET","secret"]'), "store_failed: mget: ERR no"],
    [refused, "store_failed: mget: ECONNREFUSED"],
    [new Error(`ERR ${"x".repeat(1_000)}`), `store_failed: mget: ERR ${"x".repeat(196)}`],
  ];
  for (const [error, message] of cases) {
    const failure = await answering(error)
      .store.mget(["a"])
      .catch((thrown: CacheError) => thrown);
    expect(failure).toMatchObject({ message });
    expect(failure).not.toHaveProperty("cause");
  }
});

test("a misconfigured store gives the reason in its errors, and warns once", async () => {
  const lost = Object.assign(new Error("getaddrinfo ENOTFOUND shop.example"), {
    code: "ENOTFOUND",
  });
  const cases: [Error, string][] = [
    [new Error("NOAUTH Authentication required."), "credentials refused (NOAUTH)"],
    [new Error("WRONGPASS invalid username-password pair"), "credentials refused (WRONGPASS)"],
    [new Error("HTTP 401"), "credentials refused (HTTP 401)"],
    [
      new Error("NOPERM no permissions"),
      "a command that the cache needs is not permitted (NOPERM)",
    ],
    [lost, "there is no such host (ENOTFOUND)"],
  ];
  for (const [error, words] of cases) {
    const warnings: Error[] = [];
    const listen = (warning: Error) => warnings.push(warning);
    process.on("warning", listen);
    const { store } = answering(error);
    const message = `store_misconfigured: ${words}: every read goes to the origin`;
    for (let read = 0; read < 3; read += 1)
      await expect(store.mget(["a"])).rejects.toMatchObject({
        code: "store_misconfigured",
        message,
      });
    await new Promise(setImmediate);
    process.off("warning", listen);
    expect(warnings).toMatchObject([
      { name: "CacheWarning", code: "store_misconfigured", message },
    ]);
  }
});

test("on a cluster the prefix needs a hash tag, elsewhere it does not", () => {
  const { store: single } = answering(null);
  single.accepts?.("shop:1");
  const { store } = answering(null, { cluster: true });
  store.accepts?.("{shop}:1");
  store.accepts?.("{shop:1}");
  for (const [prefix, mend] of [
    ["shop:1", "{shop}:1"],
    ["shop", "{shop}"],
    ["{}shop:1", "{{}shop}:1"],
  ] as const)
    expect(() => store.accepts?.(prefix)).toThrow(
      `definition_invalid: prefix "${prefix}": Redis Cluster keeps a cache in one slot: write "${mend}"`,
    );
});

test("each step of a SCAN goes to the node that has the cache's keys", async () => {
  const routes: unknown[] = [];
  const store = createScriptedStore({
    cluster: true,
    send: async ([, , ...rest], { key }) => {
      routes.push({ key, keys: rest.slice(1, 1 + Number(rest[0])) });
      return ["0", []];
    },
  });
  const step = { cursor: "0", pattern: "{shop}:1:entry:*", count: 10 };
  await store.walk({ ...step, remove: [] });
  await store.walk({ ...step, remove: ["{shop}:1:entry:a", "{shop}:1:entry:b"] });
  // Clients find the node by the route's key, or by the keys in the command.
  expect(routes).toEqual([
    { key: "{shop}:1:entry:*", keys: ["{shop}:1:entry:*"] },
    { key: "{shop}:1:entry:a", keys: ["{shop}:1:entry:a", "{shop}:1:entry:b"] },
  ]);
});
