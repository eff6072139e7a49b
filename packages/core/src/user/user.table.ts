import { type Action, put, update } from "../table/action.ts";
import { readAttributes, UnreadableItemError } from "../table/attributes.ts";
import { takeIds } from "../table/counter.ts";
import type { Database, Item } from "../table/database.ts";
import { TTL_ATTRIBUTE } from "../table/definition.ts";
import { keys, pks } from "../table/keys.ts";
import { eachOf, getItem, getItems, getStored, parseEach, query } from "../table/read-items.ts";
import { retryOnConflict } from "../table/retry.ts";
import { COUNT_LIMIT } from "../table/stored.ts";
import { transact } from "../table/transact.ts";
import { repairUser } from "./repair-user.ts";
import { type Actor, LANGUAGE_PREFIX, PLATFORM_PREFIX, User, UserStatsItem } from "./user.ts";

const DAY_MS = 86_400_000;

/** Days for which `listActive` can look back. */
const ACTIVE_DAYS = 7;

/** People who have recorded executions, and their totals. */
export interface UserTable {
  /** Running totals: one read, however many executions there are. */
  getStats(sub: string): Promise<UserStatsItem | undefined>;
  /** The totals of many users, in order, an Error for those that cannot be read: one request per hundred. */
  getManyStats(subs: readonly string[]): Promise<(UserStatsItem | Error | undefined)[]>;
  /** Subjects of users with an execution today or on the seven days before, in UTC. */
  listActive(): Promise<string[]>;
}

export function createUserTable(db: Database, { now }: { now: () => number }): UserTable {
  return {
    getStats: (sub) => getItem(db, keys.userStats(sub), UserStatsItem),
    getManyStats: async (subs) => {
      const items = await getItems(db, subs.map(keys.userStats));
      const all = parseEach(db, items, UserStatsItem);
      return all.map((stats, index) => {
        const item = items[index];
        return stats ?? (item && new UnreadableItemError(item, ["totals"]));
      });
    },
    listActive: () => listActive(db, now()),
  };
}

async function listActive(db: Database, nowMs: number): Promise<string[]> {
  // Seven times 24 hours touch eight dates.
  const days = Array.from({ length: ACTIVE_DAYS + 1 }, (_, age) => dayOf(nowMs - age * DAY_MS));
  const items = (await eachOf(days, (day) => query(db, { pk: pks.active(day) }))).flat();
  const subs = items.map(({ sub }) => sub).filter((sub) => typeof sub === "string");
  return [...new Set(subs)].toSorted();
}

/**
 * The user with this subject; created with the next id if there is none. An unreadable id is replaced. `lastRead` is the
 * item as it has just been read.
 */
export async function ensureUser(
  db: Database,
  { sub, email }: Actor,
  lastRead?: Item,
): Promise<User> {
  let read = lastRead;
  return retryOnConflict(async () => {
    const stored = read ?? (await getStored(db, keys.user(sub)));
    read = undefined;
    if (stored) {
      const known = readAttributes(db, stored, User, { own: { sub }, blank: {} });
      return known.unreadable.has("id") ? repairUser(db, stored, known.row) : known.row;
    }
    const user: User = { id: await takeIds(db, "user"), sub, email, last_active_on: "" };
    const refused = await transact(db, [put(db, keys.user(sub), "user", user, { exists: false })]);
    return refused.length > 0 ? undefined : user;
  });
}

export interface Execution {
  user: User;
  email: string;
  platform: string;
  language: string;
  passed: boolean;
  /** Id of the problem, if this seems to be the user's first execution of it; if it is not, the transaction is refused. */
  newProblem: number | undefined;
  nowMs: number;
}

/** The actions that count an execution for its user. */
export function executionActions(db: Database, execution: Execution): Action[] {
  const { user, email, platform, language, passed, newProblem, nowMs } = execution;
  const { sub } = user;
  const day = dayOf(nowMs);
  const expires = { [TTL_ATTRIBUTE]: Math.ceil((nowMs + (ACTIVE_DAYS + 2) * DAY_MS) / 1_000) };
  const totals = [
    "total_executions",
    passed ? "passed_executions" : "failed_executions",
    PLATFORM_PREFIX + platform,
    LANGUAGE_PREFIX + language,
    ...(newProblem === undefined ? [] : ["total_problems"]),
  ];
  const each = (value: number) => Object.fromEntries(totals.map((name) => [name, value]));
  return [
    // Refused if the stored counts are invalid, until `repairStats` has run.
    update(
      db,
      keys.userStats(sub),
      "user_stats",
      { set: { sub }, add: each(1) },
      { counts: each(COUNT_LIMIT) },
    ),
    ...(newProblem === undefined
      ? []
      : [
          put(
            db,
            keys.userProblem(sub, newProblem),
            "user_problem",
            { sub, problem: newProblem },
            { exists: false },
          ),
        ]),
    // Once a day is enough to appear among the active users.
    ...(user.last_active_on === day && user.email === email
      ? []
      : [
          update(
            db,
            keys.user(sub),
            "user",
            { set: { last_active_on: day, email } },
            { exists: true },
          ),
          put(db, keys.userActive(day, sub), "user_active", { sub, ...expires }),
        ]),
  ];
}

const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
