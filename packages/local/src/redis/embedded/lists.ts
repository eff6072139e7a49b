import { RedisError } from "../reply.ts";
import {
  atLeast,
  integer,
  NO_SUCH_KEY,
  popCount,
  positions,
  syntaxError,
  wrongArguments,
} from "./arguments.ts";
import type { Bytes, Raw } from "./bytes.ts";
import type { CommandTable, Run } from "./command-table.ts";
import type { Keyspace } from "./redis-keyspace.ts";

type End = "LEFT" | "RIGHT";

export const lists: CommandTable = {
  LPUSH: push("LEFT", false),
  RPUSH: push("RIGHT", false),
  LPUSHX: push("LEFT", true),
  RPUSHX: push("RIGHT", true),
  LPOP: pop("LEFT", "lpop"),
  RPOP: pop("RIGHT", "rpop"),
  LLEN: (keyspace, [key = ""]) => keyspace.read(key, "list")?.length ?? 0,
  LRANGE: (keyspace, [key = "", from, to]) => {
    const range = [integer(from), integer(to)] as const;
    const list = keyspace.read(key, "list") ?? [];
    const { start, end } = positions(range, list.length);
    return list.slice(start, Math.max(start, end + 1));
  },
  LINDEX: (keyspace, [key = "", index]) => {
    const list = keyspace.read(key, "list");
    return list?.at(integer(index)) ?? null;
  },
  LSET: (keyspace, [key = "", index, value = ""]) => {
    const list = keyspace.read(key, "list");
    if (list === undefined) throw new RedisError(NO_SUCH_KEY);
    const at = integer(index);
    const target = at < 0 ? list.length + at : at;
    if (target < 0 || target >= list.length) throw new RedisError("ERR index out of range");
    list[target] = value;
    return "OK";
  },
  LREM: (keyspace, [key = "", count, value = ""]) => {
    const most = integer(count);
    const list = keyspace.read(key, "list") ?? [];
    const found = matches(list, value, most < 0 ? "RIGHT" : "LEFT");
    const gone = new Set(most === 0 ? found : found.slice(0, Math.abs(most)));
    replace(
      keyspace,
      key,
      list,
      list.filter((_, index) => !gone.has(index)),
    );
    return gone.size;
  },
  LTRIM: (keyspace, [key = "", from, to]) => {
    const range = [integer(from), integer(to)] as const;
    const list = keyspace.read(key, "list") ?? [];
    const { start, end } = positions(range, list.length);
    replace(keyspace, key, list, list.slice(start, Math.max(start, end + 1)));
    return "OK";
  },
  LINSERT: (keyspace, [key = "", where = "", pivot = "", value = ""]) => {
    if (!/^(?:BEFORE|AFTER)$/i.test(where)) throw syntaxError();
    const list = keyspace.read(key, "list");
    if (list === undefined) return 0;
    const at = list.indexOf(pivot);
    if (at === -1) return -1;
    list.splice(where.toUpperCase() === "AFTER" ? at + 1 : at, 0, value);
    return list.length;
  },
  LPOS: position,
  LMOVE: (keyspace, [from = "", to = "", source, target]) =>
    move(keyspace, [from, endOf(source)], [to, endOf(target)]),
  RPOPLPUSH: (keyspace, [from = "", to = ""]) => move(keyspace, [from, "RIGHT"], [to, "LEFT"]),
  LMPOP: popFirst,
};

function push(end: End, onlyExisting: boolean): Run {
  return (keyspace, [key = "", ...values]) => {
    const existing = keyspace.read(key, "list");
    if (existing === undefined && onlyExisting) return 0;
    const list = keyspace.open(key, "list");
    for (const value of values) {
      if (end === "RIGHT") list.push(value);
      else list.unshift(value);
    }
    return list.length;
  };
}

function pop(end: End, command: string): Run {
  return (keyspace, [key = "", count, ...others]) => {
    if (others.length > 0) throw wrongArguments(command);
    const most = count === undefined ? undefined : popCount(count);
    const list = keyspace.read(key, "list");
    if (list === undefined) return null;
    const taken = take(keyspace, key, end, most ?? 1);
    return most === undefined ? (taken[0] ?? null) : taken;
  };
}

function take(keyspace: Keyspace, key: Bytes, end: End, most: number): Bytes[] {
  const list = keyspace.read(key, "list") ?? [];
  const taken =
    end === "LEFT"
      ? list.splice(0, most)
      : list.splice(Math.max(0, list.length - most)).toReversed();
  keyspace.dropEmpty(key);
  return taken;
}

/** Replaces a list's elements in place, so that its expiry stays. */
function replace(keyspace: Keyspace, key: Bytes, list: Bytes[], elements: readonly Bytes[]): void {
  list.length = 0;
  for (const element of elements) list.push(element);
  keyspace.dropEmpty(key);
}

function endOf(word: Bytes | undefined): End {
  const end = word?.toUpperCase();
  if (end !== "LEFT" && end !== "RIGHT") throw syntaxError();
  return end;
}

function move(keyspace: Keyspace, [from, source]: [Bytes, End], [to, target]: [Bytes, End]): Raw {
  if (keyspace.read(from, "list") === undefined) return null;
  keyspace.read(to, "list"); // Throws WRONGTYPE before an element is removed.
  const [value = ""] = take(keyspace, from, source, 1);
  const list = keyspace.open(to, "list");
  if (target === "LEFT") list.unshift(value);
  else list.push(value);
  return value;
}

function popFirst(keyspace: Keyspace, [count, ...words]: readonly Bytes[]): Raw {
  const keyCount = atLeast(1, count, "ERR numkeys should be greater than 0");
  const [where, ...options] = words.slice(keyCount);
  const end = endOf(where);
  let most: number | undefined;
  for (let i = 0; i < options.length; i += 2) {
    if (options[i]?.toUpperCase() !== "COUNT" || i + 1 >= options.length || most !== undefined)
      throw syntaxError();
    most = atLeast(1, options[i + 1], "ERR count should be greater than 0");
  }
  const key = words.slice(0, keyCount).find((each) => keyspace.read(each, "list") !== undefined);
  return key === undefined ? null : [key, take(keyspace, key, end, most ?? 1)];
}

/** Positions of a value, in the order of a search from one end. */
function matches(list: readonly Bytes[], value: Bytes, from: End): number[] {
  const found = list.flatMap((element, index) => (element === value ? [index] : []));
  return from === "LEFT" ? found : found.toReversed();
}

const RANK_ZERO =
  "ERR RANK can't be zero: use 1 to start from the first match, 2 from the second ... or use negative to start from the end of the list";

function position(keyspace: Keyspace, [key = "", value = "", ...words]: readonly Bytes[]): Raw {
  let rank = 1;
  let count: number | undefined;
  let most = 0;
  for (let i = 0; i < words.length; i += 2) {
    const [option, given] = [words[i]?.toUpperCase(), words[i + 1]];
    if (given === undefined) throw syntaxError();
    if (option === "RANK") {
      rank = integer(given);
      if (rank === 0) throw new RedisError(RANK_ZERO);
    } else if (option === "COUNT") count = atLeast(0, given, "ERR COUNT can't be negative");
    else if (option === "MAXLEN") most = atLeast(0, given, "ERR MAXLEN can't be negative");
    else throw syntaxError();
  }
  const list = keyspace.read(key, "list") ?? [];
  const compared = most === 0 ? list.length : most;
  const found = matches(list, value, rank < 0 ? "RIGHT" : "LEFT")
    .filter((index) => (rank < 0 ? list.length - 1 - index : index) < compared)
    .slice(Math.abs(rank) - 1);
  if (count === undefined) return found[0] ?? null;
  return count === 0 ? found : found.slice(0, count);
}
