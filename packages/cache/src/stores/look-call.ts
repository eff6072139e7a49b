import { textsIn } from "./replies.ts";
import { listIn, type ScriptCall } from "./script-calls.ts";
import type { Followed, FollowRequest, RevalidateRequest } from "../store.ts";
import { LOOK_AT_MANY, VALUES } from "./scripts.ts";

/**
 * Redis treats a script with flags as a write, unless `no-writes` is among them. So it refuses a look whenever it would
 * refuse an invalidation (a replica, a failed disk, missing replicas), instead of returning entries that cannot be
 * invalidated. A full Redis accepts both.
 */
const LOOK_HEADER = "#!lua flags=allow-oom";

export function lookCall(
  script: string | null,
  keys: readonly string[],
): ScriptCall<(string | null)[]> {
  return {
    script: script ?? LOOK_AT_MANY,
    header: LOOK_HEADER,
    keys,
    args: [],
    read: (reply) => textsIn("mget", reply, keys.length),
  };
}

/**
 * KEYS: entries, then others. ARGV: number of entries, prefix of the stamps' keys. Returns the values of KEYS, then for each
 * entry the stamps of the tags in its header. The header is a JSON list, and the tags are the only list inside it. To find
 * them without a JSON parser, the script masks escapes, so that each string ends at the next quote, and replaces strings by
 * numbers, so that only lists have brackets. If a tag has escapes, it returns no stamps: the reader then looks again.
 */
const FOLLOW = `${VALUES}
local function named(text)
  local line = string.match(text, '^[^\\n]*\\n[^\\n]*\\n[^\\n ]* ([^\\n]*)\\n')
  local strings, names = {}, {}
  line = string.gsub(string.gsub(line or '', '\\\\.', '\\1\\1'), '"([^"]*)"', function(content)
    strings[#strings + 1] = content
    return tostring(#strings)
  end)
  for at in string.gmatch(string.match(line, ',%[([%d,]*)%],') or '', '%d+') do
    local tag = strings[tonumber(at)]
    if not tag or string.find(tag, '\\1', 1, true) then return {} end
    names[#names + 1] = ARGV[2] .. tag
  end
  return names
end
local found = values(KEYS)
local reply = {found}
for i = 1, tonumber(ARGV[1]) do reply[i + 1] = values(named(found[i] or '')) end
return reply`;

/** The names of the stamps are not among the KEYS, because only the stored entries name their tags. */
export function followCall({ keys, entryCount, stampPrefix }: FollowRequest): ScriptCall<Followed> {
  return {
    script: FOLLOW,
    header: LOOK_HEADER,
    isUnlocked: true,
    keys,
    args: [String(entryCount), stampPrefix],
    read: (reply) => {
      const [values, ...named] = listIn("follow", reply, 1 + entryCount);
      const stamps = named.map((each) =>
        textsIn("follow", each, Array.isArray(each) ? each.length : 0),
      );
      return { values: textsIn("follow", values, keys.length), stamps };
    },
  };
}

/**
 * KEYS: entry, its stamps in their order, others. ARGV: count of the stamps, texts that name ETags. Returns the values of
 * KEYS; but if the entry's header has one of the texts and its stamps are current, returns the entry's text without stamps
 * and body, and the values of the other keys only.
 */
const REVALIDATE = `
local found = redis.call('MGET', unpack(KEYS))
local id, line, rest = string.match(found[1] or '', '^([^\\n]*)\\n([^\\n]*)\\n([^\\n]*\\n)')
if not id then return found end
local count, stamps = tonumber(ARGV[1]), {}
for i = 1, count do stamps[i] = found[1 + i] or '' end
if table.concat(stamps, ' ') ~= line then return found end
for i = 2, #ARGV do
  if string.find(rest, ARGV[i], 1, true) then
    local known = {id .. '\\n\\n' .. rest}
    for j = 2 + count, #KEYS do known[j - count] = found[j] end
    return known
  end
end
return found`;

/** A reply with fewer values than names means that the client's copy is current. */
export function revalidateCall({
  keys,
  stampCount,
  etags,
}: RevalidateRequest): ScriptCall<(string | null)[]> {
  return {
    script: REVALIDATE,
    header: LOOK_HEADER,
    keys,
    args: [String(stampCount), ...etags],
    read: (reply) => {
      const isHead = Array.isArray(reply) && reply.length === keys.length - stampCount;
      return textsIn("revalidate", reply, isHead ? reply.length : keys.length);
    },
  };
}
