import type { Send } from "./rest-client.ts";

/** `yes` and `no` answer the question; `open`: this database does not show it, and `measured` contains the reason. */
export type Verdict = "yes" | "no" | "open";

export interface Result {
  question: string;
  measured: string;
  verdict: Verdict;
  /** Guarantee that holds for this database. */
  claim: string;
}

export interface Probe {
  send: Send;
  /** A key of the probe, removed at its end. */
  name: (suffix: string) => string;
  /** Number of writes that are followed immediately by a read, for each way to read. */
  pairs: number;
}

interface Asked {
  verdict: Verdict;
  measured: string;
}

interface Question {
  question: string;
  ask: (probe: Probe) => Promise<Asked>;
  claims: Readonly<Record<Verdict, string>>;
}

/** Lifetime of the probe's keys, in case the probe does not finish: 5 minutes. */
const LIFE_MS = 300_000;
const SCRIPT = "#!lua flags=allow-key-locking\nreturn redis.call('MGET',unpack(KEYS))";

/** The ways to read a key: plainly, in a transaction, and by the script of a hit. */
const WAYS = {
  MGET: ({ send }: Probe, key: string) => send(["MGET", key]),
  "/multi-exec": ({ send }: Probe, key: string) => send(["MGET", key], { isTransaction: true }),
  EVAL: ({ send }: Probe, key: string) => send(["EVAL", SCRIPT, 1, key]),
};

/** Questions about Upstash that its documents leave open, and the meaning of each answer for the cache. */
export const QUESTIONS: Readonly<Record<string, Question>> = {
  primary: {
    question: "Does EVAL run on the primary alone?",
    async ask(probe) {
      const stale: Record<string, number> = {};
      for (const [way, read] of Object.entries(WAYS))
        stale[way] = await staleReads(probe, way, read);
      const counts = Object.entries(stale).map(([way, count]) => `${way} ${count}`);
      const measured = `old values in ${probe.pairs} reads immediately after a write by another client: ${counts.join(", ")}`;
      if (stale["EVAL"] !== 0) return { verdict: "no", measured };
      return stale["MGET"] === 0
        ? { verdict: "open", measured: `${measured}; no replica was seen to lag` }
        : { verdict: "yes", measured };
    },
    claims: {
      yes: "hits are read from the primary: never stale after an invalidation",
      no: "hits may come from a replica that lags: set `maxStaleness`, and claim no more than its bound",
      open: "no replica lagged here, so it is not known where hits are read",
    },
  },
  billing: {
    question: "Are commands inside of scripts billed?",
    async ask(probe) {
      const before = await processed(probe);
      for (let sent = 0; sent < probe.pairs; sent += 1)
        await probe.send(["EVAL", SCRIPT, 1, probe.name("billed")]);
      const after = await processed(probe);
      const sent = `${probe.pairs} EVALs of one MGET were sent`;
      if (before === null || after === null || after <= before)
        return {
          verdict: "open",
          measured: `${sent}: the console's count has to grow by as many, or by twice as many`,
        };
      const each = ((after - before) / probe.pairs).toFixed(2);
      return {
        verdict: "open",
        measured: `${sent}; the database's own count grew by ${each} for each, which is not a bill: compare the console's`,
      };
    },
    claims: {
      yes: "a hit is two billed commands",
      no: "a hit is one billed command",
      open: "a hit is one command; whether the one inside of it is billed too is not known",
    },
  },
  full: {
    question: "Does a full database run the script of a hit?",
    async ask(probe) {
      const written = await probe.send(["SET", probe.name("full"), "1", "PX", LIFE_MS]);
      const flag = await probe.send([
        "EVAL",
        SCRIPT.replace("locking", "locking,allow-oom"),
        1,
        probe.name("full"),
      ]);
      const allowed = "error" in flag ? "refused" : "accepted";
      if (!("error" in written))
        return {
          verdict: "open",
          measured: `the database accepts writes, so it is not full; the flag allow-oom is ${allowed}`,
        };
      const answer = await probe.send(["EVAL", SCRIPT, 1, probe.name("full")]);
      const why = `a write is refused (${written.error.slice(0, 80)})`;
      return "error" in answer
        ? {
            verdict: "no",
            measured: `${why}, and so is the script; the flag allow-oom is ${allowed}`,
          }
        : { verdict: "yes", measured: `${why}, and the script runs` };
    },
    claims: {
      yes: "a full database still serves hits",
      no: "a full database serves no hits: turn eviction on",
      open: "turn eviction on: it is not known whether a full database serves hits",
    },
  },
  wait: {
    question: "Is WAIT served over REST?",
    async ask({ send, name }) {
      await send(["SET", name("wait"), "1", "PX", LIFE_MS]);
      const waited = await send(["WAIT", 1, 100]);
      if ("error" in waited) return { verdict: "no", measured: waited.error.slice(0, 120) };
      return { verdict: "yes", measured: `WAIT 1 100 answers ${JSON.stringify(waited.result)}` };
    },
    claims: {
      yes: "an invalidation could wait until replicas have acknowledged it; the cache does not wait",
      no: "nothing waits for replicas: a failover may lose the last invalidations",
      open: "not known",
    },
  },
  order: {
    question: "Do replicas apply writes of different keys in order?",
    async ask(probe) {
      const { behind, turned } = await disorder(probe);
      const measured = `${turned} of ${probe.pairs} reads show the second of two writes without the first; ${behind} lag`;
      if (turned > 0) return { verdict: "no", measured };
      return { verdict: behind === 0 ? "open" : "yes", measured };
    },
    claims: {
      yes: '`maxStaleness` bounds reads with `reads: "any"` too',
      no: '`maxStaleness` does not bound reads with `reads: "any"`: its timestamp may overtake an invalidation',
      open: '`maxStaleness` bounds reads with `reads: "any"` as far as replicas keep the order of writes, which was not seen',
    },
  },
  run: {
    question: "Does the server have a run id?",
    async ask({ send }) {
      const runs = [await runOf(send), await runOf(send)];
      const [one, other] = runs;
      if (one === undefined) return { verdict: "no", measured: "INFO server has no run_id" };
      return one === other
        ? { verdict: "yes", measured: "INFO server has the same run_id twice" }
        : { verdict: "no", measured: "INFO server has another run_id each time" };
    },
    claims: {
      yes: "a beat clears the cache after any restart or promotion",
      no: "a beat clears the cache if Redis lacks the last beat; a failover that loses less is not noticed",
      open: "not known",
    },
  },
};

/** Writes a number, and reads it immediately as a client that does not know of the write; counts older numbers. */
async function staleReads(
  probe: Probe,
  way: string,
  read: (probe: Probe, key: string) => ReturnType<Send>,
): Promise<number> {
  const key = probe.name(`pair:${way}`);
  let stale = 0;
  for (let pair = 1; pair <= probe.pairs; pair += 1) {
    await mustRun(probe.send(["SET", key, String(pair), "PX", LIFE_MS]));
    const [seen] = (await mustRun(read(probe, key))) as unknown[];
    if (seen !== String(pair)) stale += 1;
  }
  return stale;
}

/** Writes two keys, one after the other; counts reads that lag, and those that contain only the second write. */
async function disorder(probe: Probe): Promise<{ behind: number; turned: number }> {
  const [first, second] = [probe.name("first"), probe.name("second")];
  const counts = { behind: 0, turned: 0 };
  for (let pair = 1; pair <= probe.pairs; pair += 1) {
    for (const key of [first, second])
      await mustRun(probe.send(["SET", key, String(pair), "PX", LIFE_MS]));
    const seen = (await mustRun(probe.send(["MGET", first, second]))) as unknown[];
    const [one, other] = seen.map(Number) as [number, number];
    if (other < pair || one < pair) counts.behind += 1;
    if (other > one) counts.turned += 1;
  }
  return counts;
}

async function mustRun(answering: ReturnType<Send>): Promise<unknown> {
  const answer = await answering;
  if ("error" in answer)
    throw new Error(`the database refuses what the probe needs: ${answer.error}`);
  return answer.result;
}

async function processed({ send }: Probe): Promise<number | null> {
  const info = await send(["INFO", "stats"]);
  const count =
    "error" in info ? undefined : /total_commands_processed:(\d+)/.exec(String(info.result))?.[1];
  return count === undefined ? null : Number(count);
}

async function runOf(send: Send): Promise<string | undefined> {
  const info = await send(["INFO", "server"]);
  return "error" in info ? undefined : /run_id:(\w+)/.exec(String(info.result))?.[1];
}
