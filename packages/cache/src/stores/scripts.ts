/**
 * The atomic steps of the protocol in Lua, for Redis and Valkey 7 or newer. They name every key in KEYS. Each may be sent
 * again as it was after an ambiguous failure, and a copy that arrives late makes nothing valid. An empty value and one of
 * another type count as missing.
 */

/** Values by MGET, in slices that Lua can unpack; false where a key is missing or empty. */
const VALUES = `
local function values(keys)
  local found = {}
  for from = 1, #keys, 1000 do
    local to = math.min(from + 999, #keys)
    for i, value in ipairs(redis.call('MGET', unpack(keys, from, to))) do
      found[from + i - 1] = value ~= '' and value
    end
  end
  return found
end`;

/** A sequence number, drawn once a script. A sequence that is missing or damaged starts above all that it ever gave. */
const NUMBER = `
local number
local function draw(key)
  if number then return number end
  local n = redis.pcall('INCR', key)
  if type(n) ~= 'number' or n < 1e15 then
    local time = redis.call('TIME')
    n = tonumber(time[1]) * 1000000 + tonumber(time[2])
    redis.call('SET', key, string.format('%.0f', n))
  end
  number = string.format('%.0f', n)
  return number
end`;

/**
 * KEYS: sequence, lease…, entry…, stamp… (permanent ones first). ARGV: leases, permanent stamps, random, the
 * client's ms, stamp ms, then for each lease its ms and the id of the entry seen or "". A lease that an earlier run of the
 * same request was granted is granted again, under the token that it has.
 * Returns the token, the stamps, and for each lease 0 (denied), 1 (granted) or 2 (granted, and the entry seen is still
 * there) with the entry stored since the reader looked, if there is one.
 */
export const LEASE = `${VALUES}${NUMBER}
local count, permanent, random = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3]
local names, unseen = {}, {}
for i = 1, count do names[i] = KEYS[1 + i] end
for i = 2 + 2 * count, #KEYS do names[#names + 1] = KEYS[i] end
local total = #names - count
for i = 1, count do
  if ARGV[5 + 2 * i] == '' then
    names[#names + 1] = KEYS[1 + count + i]
    unseen[i] = #names
  end
end
local now = values(names)
local stamps, answers, token = {}, {}, false
for i = 1, count do
  if now[i] and string.match(now[i], '%.(.*)') == random then token = now[i] end
end
for j = 1, total do
  local stamp = now[count + j]
  if not stamp then
    stamp = draw(KEYS[1]) .. '.' .. random .. '.' .. ARGV[4]
    if j <= permanent then redis.call('SET', names[count + j], stamp)
    else redis.call('SET', names[count + j], stamp, 'PX', ARGV[5]) end
  end
  stamps[j] = stamp
end
for i = 1, count do
  local key, seen = KEYS[1 + count + i], ARGV[5 + 2 * i]
  local there, entry = false, false
  if unseen[i] then entry = now[unseen[i]]
  else
    there = redis.pcall('GETRANGE', key, 0, #seen - 1) == seen
    if not there then entry = values({key})[1] end
  end
  if entry then answers[i] = {0, entry}
  elseif not now[i] or now[i] == token then
    token = token or draw(KEYS[1]) .. '.' .. random
    if not now[i] then redis.call('SET', KEYS[1 + i], token, 'PX', ARGV[4 + 2 * i]) end
    answers[i] = {there and 2 or 1}
  else answers[i] = {0} end
end
return {token or '', stamps, answers}`;

/**
 * KEYS: lease…, entry…, stamp… (permanent ones first). ARGV: entries, permanent stamps, then for each entry its token, text,
 * ms, its stamps' ms and their count, and for each of them its place among the stamps and the expected value or "".
 * Returns for each entry 1 when it is stored (also by an earlier try of the same commit), 0 when it is refused.
 */
export const COMMIT = `${VALUES}
local count, permanent = tonumber(ARGV[1]), tonumber(ARGV[2])
local names = {}
for i = 1, count do names[i] = KEYS[i] end
for i = 1 + 2 * count, #KEYS do names[#names + 1] = KEYS[i] end
local now = values(names)
local verdicts, freed, renewed = {}, {}, {}
local p = 3
for i = 1, count do
  local token, entry, ms, stampMs, most = ARGV[p], ARGV[p + 1], ARGV[p + 2], tonumber(ARGV[p + 3]), tonumber(ARGV[p + 4])
  p = p + 5
  if now[i] ~= token then
    local id = string.match(entry, '^[^\\n]*')
    verdicts[i] = redis.pcall('GETRANGE', KEYS[count + i], 0, #id - 1) == id and 1 or 0
  else
    verdicts[i] = 1
    freed[#freed + 1] = KEYS[i]
    for x = p, p + 2 * most - 2, 2 do
      if ARGV[x + 1] ~= '' and now[count + tonumber(ARGV[x])] ~= ARGV[x + 1] then verdicts[i] = 0 end
    end
    if verdicts[i] == 1 then
      redis.call('SET', KEYS[count + i], entry, 'PX', ms)
      for x = p, p + 2 * most - 2, 2 do
        local j = tonumber(ARGV[x])
        if j > permanent then renewed[j] = math.max(renewed[j] or 0, stampMs) end
      end
    end
  end
  p = p + 2 * most
end
if #freed > 0 then redis.call('DEL', unpack(freed)) end
for j, ms in pairs(renewed) do redis.call('PEXPIRE', names[count + j], string.format('%.0f', ms), 'GT') end
return verdicts`;

/** KEYS: lease. ARGV: token, back-off ms or 0. Removes the lease if it is still ours, or leaves it closed for the back-off. */
export const RELEASE = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
if ARGV[2] == '0' then return redis.call('DEL', KEYS[1]) end
redis.call('SET', KEYS[1], 'backoff', 'PX', ARGV[2])
return 1`;

/** KEYS: sequence, stamp… ARGV: random, the client's ms. Replaces the part behind `~` of each stamp that is there. */
export const EXPIRE = `${VALUES}${NUMBER}
local names = {}
for i = 2, #KEYS do names[i - 1] = KEYS[i] end
for i, stamp in ipairs(values(names)) do
  if stamp then
    local soft = draw(KEYS[1]) .. '.' .. ARGV[1] .. '.' .. ARGV[2]
    redis.call('SET', names[i], string.match(stamp, '^[^~]*') .. '~' .. soft, 'KEEPTTL')
  end
end
return #names`;

/** KEYS: any name of the cache. ARGV: cursor, glob, count. One step of a walk, at the node of a cluster that has the name. */
export const SCAN = `return redis.call('SCAN', ARGV[1], 'MATCH', ARGV[2], 'COUNT', ARGV[3])`;
