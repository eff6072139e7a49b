import { setTimeout as sleep } from "node:timers/promises";
import type { FleetCall, FleetReply } from "./fleet.ts";
import { openLoop } from "./measure.ts";
import type { Place, Subject } from "./rivals/rival.ts";
import { loadAdapters } from "./subjects.ts";

/** One process of a fleet: several instances of a library, each set up as in a separate process. */

let subjects: Subject[] = [];

const actions = {
  async open(name: string, instances: number, place: Place) {
    const adapter = (await loadAdapters()).get(name);
    if (adapter === undefined) throw new Error(`no adapter "${name}"`);
    subjects = await Promise.all(Array.from({ length: instances }, () => adapter.open(place)));
  },
  /** Opens connections, loads the code of a miss, and lets the library measure the time of a load. */
  async warmUp(loadMs: number) {
    const load = () => sleep(loadMs, 1);
    await Promise.all(
      subjects.map((subject, index) =>
        subject.get(`warm-up${process.pid}-${index}`, ["tag"], load),
      ),
    );
  },
  async close() {
    await Promise.allSettled(subjects.map((subject) => subject.close()));
    subjects = [];
  },
  async remove(key: string) {
    await subjects[0]?.remove(key);
  },
  async invalidateTags(tags: string[]) {
    await subjects[0]?.invalidateTags?.(tags);
  },
  async get(key: string, tags: string[], loaded: unknown) {
    return subjects[0]?.get(key, tags, async () => loaded);
  },
  /** All callers of all instances request one key at the same moment. */
  async stampede(atMs: number, callers: number, loadMs: number) {
    await sleep(Math.max(0, atMs - Date.now()));
    let loads = 0;
    const load = async () => {
      loads += 1;
      await sleep(loadMs);
      return { id: 1 };
    };
    const calls = subjects.flatMap((subject) =>
      Array.from({ length: callers }, async () => {
        const startMs = performance.now();
        await subject.get("cold", [], load);
        return performance.now() - startMs;
      }),
    );
    return { waitsMs: await Promise.all(calls), loads };
  },
  /** Reads at a steady rate while the connection to the store has faults; the origin answers in `loadMs`. */
  async reads(perSecond: number, seconds: number, loadMs: number, limitMs: number) {
    const load = async () => {
      await sleep(loadMs);
      return { id: 1 };
    };
    const arrivals = await openLoop({ perSecond, seconds }, async (index) => {
      const [subject] = subjects;
      const read = subject?.get(`view${index % 10}`, ["tag"], load);
      const late = sleep(limitMs, "late", { ref: false });
      if ((await Promise.race([read, late])) === "late") throw new Error("no answer in time");
    });
    return {
      answersMs: arrivals.map(({ ms }) => ms),
      errors: arrivals.filter(({ error }) => error !== undefined).length,
    };
  },
};

export type FleetActions = typeof actions;

let unhandled = 0;
process.on("unhandledRejection", () => {
  unhandled += 1;
});
process.on("uncaughtException", () => {
  unhandled += 1;
});

process.on("message", ({ id, action, args }: FleetCall) => {
  const act = actions[action] as (...values: unknown[]) => Promise<unknown>;
  void act(...args).then(
    (result) => reply({ id, result, unhandled }),
    (error: unknown) => reply({ id, error: String(error), unhandled }),
  );
});
process.once("disconnect", () => process.exit());

const reply = (message: FleetReply) => process.send?.(message);
