import { BUDGET_WINDOW_MS, OVER_BUDGET_MS } from "../protocol/byte-budget.ts";

/**
 * The atomic steps of the protocol in Lua, for Redis and Valkey 7 or newer. All but WALK use only the keys in KEYS.
 * Each may be sent again unchanged after an ambiguous failure, and a late copy makes nothing valid. An empty value and
 * a value of another type count as missing. In the lists of ARGV, "ms" is a lifetime.
 */

/** Values by MGET, in slices that Lua can unpack; false where a key is missing or empty. */
export const VALUES = `
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

/** KEYS: any number of names, also more than Lua can pass to one command. Returns their values. */
export const LOOK_AT_MANY = `${VALUES}
return values(KEYS)`;

/**
 * Draws a sequence number, once in each run of a script: a sequence that is missing or damaged restarts above all
 * numbers that it ever gave. Makes stamps with the server's time, because a stamp of a late request must not look old.
 * The time is rounded up, because a stamp that looks older would settle too early.
 */
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
end
local ms
local function clock()
  if ms then return ms end
  local time = redis.call('TIME')
  ms = tonumber(time[1]) * 1000 + tonumber(time[2]) / 1000
  return ms
end
local function stamp(key, random)
  return draw(key) .. '.' .. random .. '.' .. string.format('%.0f', math.ceil(clock()))
end`;

/**
 * KEYS: sequence, lease…, entry…, stamp… (permanent ones first). ARGV: counts of leases and permanent stamps, random,
 * stamp ms, then for each lease its ms and the id of the entry seen, "" if none was seen, or "!" to take the lease from
 * any holder. A lease that an earlier run of the same request was granted is granted again, under the same token. A
 * lease without an expiry counts as free. Returns the token, the server's ms, the stamps, and for each lease 1
 * (granted), 2 (granted, the entry seen is still there) or 0 (denied) with the entry stored since the look, if any.
 */
export const LEASE = `${VALUES}${NUMBER}
local count, permanent, random = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3]
local names, unseen = {}, {}
for i = 1, count do names[i] = KEYS[1 + i] end
for i = 2 + 2 * count, #KEYS do names[#names + 1] = KEYS[i] end
local total = #names - count
for i = 1, count do
  if ARGV[4 + 2 * i] == '' then
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
  stamps[j] = now[count + j] or stamp(KEYS[1], random)
  if not now[count + j] then
    if j <= permanent then redis.call('SET', names[count + j], stamps[j])
    else redis.call('SET', names[count + j], stamps[j], 'PX', ARGV[4]) end
  end
end
for i = 1, count do
  local key, seen = KEYS[1 + count + i], ARGV[4 + 2 * i]
  local there, entry = false, false
  if seen == '!' then now[i] = now[i] == token and token
  elseif unseen[i] then entry = now[unseen[i]]
  else
    there = redis.pcall('GETRANGE', key, 0, #seen - 1) == seen
    if not there then entry = values({key})[1] end
  end
  if now[i] and redis.call('PTTL', KEYS[1 + i]) == -1 then now[i] = false end
  if entry then answers[i] = {0, entry}
  elseif not now[i] or now[i] == token then
    token = token or draw(KEYS[1]) .. '.' .. random
    if not now[i] then redis.call('SET', KEYS[1 + i], token, 'PX', ARGV[3 + 2 * i]) end
    answers[i] = {there and 2 or 1}
  else answers[i] = {0} end
end
return {token or '', string.format('%.3f', clock()), stamps, answers}`;

/**
 * KEYS: sequence, lease…, entry…, stamp… (permanent ones first), hold…, budget…. ARGV: counts of entries, stamps and
 * permanent stamps, random, then for each entry its token, id, rest of its text, id of the entry whose body it takes or
 * "", ms, its stamps' ms, the place of its budget among KEYS or 0, the budget's bytes and the count of its rules, and
 * for each rule the place of its stamp, that of its hold or 0, and the rule: `=S` the stamp is S; `~S` it may be
 * another one; `^S` as `~S`, and another one is reported; `?L` it was there when number L was drawn; `!S` as `=S`, and
 * not recorded. Returns for each entry 1 when it is stored (also by an earlier try of the same commit), 0 when it is
 * refused, 2 when a stamp of a rule `?` was missing or is newer, 3 when it is stored beyond its budget, 4 when it is
 * stored although a stamp of a rule `^` is another one; and its line of stamps when the request does not determine it.
 */
export const COMMIT = `${VALUES}${NUMBER}
local count, total, permanent = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local names = {}
for i = 1, count do names[i] = KEYS[1 + i] end
for i = 2 + 2 * count, #KEYS do names[#names + 1] = KEYS[i] end
local now = values(names)
local answers, freed, writes, renewed = {}, {}, {}, {}
local p = 5
for i = 1, count do
  local key, token, id, rest, source = KEYS[1 + count + i], ARGV[p], ARGV[p + 1], ARGV[p + 2], ARGV[p + 3]
  local ms, stampMs, budget, most, rules = ARGV[p + 4], tonumber(ARGV[p + 5]), tonumber(ARGV[p + 6]), tonumber(ARGV[p + 7]), tonumber(ARGV[p + 8])
  p = p + 9
  local verdict, line, adopted, places = 1, {}, false, {}
  if now[i] ~= token then
    local text = redis.pcall('GETRANGE', key, 0, #id - 1) == id and values({key})[1]
    for x = p, p + 3 * (rules - 1), 3 do
      local kind, want = string.match(ARGV[x + 2], '^(.)(.*)$')
      if kind == '^' and now[count + tonumber(ARGV[x])] ~= want then verdict = 4 end
    end
    answers[i] = text and {verdict, string.match(text, '^[^\\n]*\\n([^\\n]*)') or ''} or {0, ''}
    p = p + 3 * rules
  else
    freed[#freed + 1] = KEYS[1 + i]
    for x = 1, rules do
      local j, hold, kind, want = tonumber(ARGV[p]), tonumber(ARGV[p + 1]), string.match(ARGV[p + 2], '^(.)(.*)$')
      p = p + 3
      local have = now[count + j]
      if kind == '?' then
        adopted = true
        if not have then
          have = stamp(KEYS[1], ARGV[4])
          redis.call('SET', names[count + j], have, 'PX', string.format('%.0f', stampMs))
          now[count + j] = have
        end
        local made, changed = tonumber(string.match(have, '^%d+')), tonumber(string.match(have, '~(%d+)') or 0)
        if verdict ~= 0 and not (made and made <= tonumber(want) and changed <= tonumber(want)) then verdict = 2 end
        want = have
      elseif kind == '^' and have ~= want and verdict == 1 then verdict = 4
      elseif kind ~= '~' and kind ~= '^' and have ~= want then verdict = 0 end
      if hold > 0 and now[count + total + hold] then verdict = 0 end
      if kind ~= '!' then
        line[#line + 1] = want
        if j > permanent then places[#places + 1] = j end
      end
    end
    local kept = verdict == 1 or verdict == 4
    if kept and source ~= '' then
      local text = values({key})[1]
      local body = text and string.sub(text, 1, #source) == source and string.match(text, '^[^\\n]*\\n[^\\n]*\\n[^\\n]*\\n(.*)$')
      if body then rest = rest .. body else verdict, kept = 0, false end
    end
    local stamps = table.concat(line, ' ')
    if kept then
      writes[#writes + 1] = {key, id .. '\\n' .. stamps .. '\\n' .. rest, ms, KEYS[budget], most, i}
      for _, j in ipairs(places) do renewed[j] = math.max(renewed[j] or 0, stampMs) end
    end
    answers[i] = {verdict, adopted and stamps or ''}
  end
end
if #freed > 0 then redis.call('DEL', unpack(freed)) end
for _, write in ipairs(writes) do
  local ms, budget = write[3], write[4]
  if budget then
    local spent = redis.pcall('INCRBY', budget, #write[2])
    if type(spent) ~= 'number' then spent = redis.call('SET', budget, #write[2]) and #write[2] end
    if redis.call('PTTL', budget) < 0 then redis.call('PEXPIRE', budget, ${BUDGET_WINDOW_MS}) end
    if spent > write[5] then
      ms = string.format('%.0f', math.min(tonumber(ms), ${OVER_BUDGET_MS}))
      if answers[write[6]][1] == 1 then answers[write[6]][1] = 3 end
    end
  end
  redis.call('SET', write[1], write[2], 'PX', ms)
end
for j, ms in pairs(renewed) do redis.call('PEXPIRE', names[count + j], string.format('%.0f', ms), 'GT') end
return answers`;

/**
 * KEYS: sequence, stamp… of the change, hold…, then for an entry that the change will store: its lease, its name and
 * stamp… (permanent ones first). ARGV: id of the change, count of its tags, hold ms, random, and for an entry 1, lease
 * ms, stamp ms and count of permanent stamps. Puts the tags on hold, and removes their stamps and the entry; takes its
 * lease from any holder. Returns the token and the stamps of the entry.
 */
export const BEGIN = `${VALUES}${NUMBER}
local id, tags = ARGV[1], tonumber(ARGV[2])
local holds, stamps = {}, {}
for i = 1, tags do stamps[i], holds[i] = KEYS[1 + i], KEYS[1 + tags + i] end
local now = values(holds)
for i, hold in ipairs(holds) do
  local ms = math.max(redis.call('PTTL', hold), tonumber(ARGV[3]))
  redis.call('SET', hold, (not now[i] or now[i] == id) and id or '*', 'PX', string.format('%.0f', ms))
end
for from = 1, tags, 1000 do redis.call('DEL', unpack(stamps, from, math.min(from + 999, tags))) end
if ARGV[5] ~= '1' then return {'', {}} end
local token = draw(KEYS[1]) .. '.' .. ARGV[4]
local at = 1 + 2 * tags
redis.call('SET', KEYS[at + 1], token, 'PX', ARGV[6])
redis.call('DEL', KEYS[at + 2])
local own, made = {}, {}
for i = at + 3, #KEYS do own[#own + 1] = KEYS[i] end
local there = values(own)
for j, name in ipairs(own) do
  made[j] = there[j] or stamp(KEYS[1], ARGV[4])
  if not there[j] and j <= tonumber(ARGV[8]) then redis.call('SET', name, made[j])
  elseif not there[j] then redis.call('SET', name, made[j], 'PX', ARGV[7]) end
end
return {token, made}`;

/**
 * KEYS as for BEGIN, then stamps that are only compared and the holds of the entry's tags; of an entry that is only
 * removed, its lease and its name. ARGV: id of the change, count of its tags, random, and for an entry to store 1,
 * token, id and rest of its text, ms, stamp ms, count of permanent stamps, count of its stamps, each as BEGIN returned
 * it, and those that are only compared; otherwise 0. Removes the stamps of the change, its holds that no other change
 * shares, and the lease. The entry is stored, with new stamps for the changed tags, if lease, stamps, compared ones and
 * all holds are as they were left; otherwise it is removed. Returns 1 when it is stored, also by an earlier try.
 */
export const END = `${VALUES}${NUMBER}
local id, tags = ARGV[1], tonumber(ARGV[2])
local at = 1 + 2 * tags
local holds, gone, changed = {}, {}, {}
for i = 1, tags do
  gone[i], holds[i], changed[KEYS[1 + i]] = KEYS[1 + i], KEYS[1 + tags + i], true
end
local now = values(holds)
local alone = true
for i, hold in ipairs(holds) do
  if now[i] == id then gone[#gone + 1] = hold else alone = false end
end
local own, there, line = {}, {}, {}
local stores = ARGV[4] == '1'
if stores and redis.pcall('GETRANGE', KEYS[at + 2], 0, #ARGV[6] - 1) == ARGV[6] then return 1 end
if KEYS[at + 1] then
  gone[#gone + 1] = KEYS[at + 1]
  gone[#gone + 1] = KEYS[at + 2]
end
if stores then
  local compared, others = {}, {}
  for i = at + 3, #KEYS do
    if #own < tonumber(ARGV[11]) then own[#own + 1] = KEYS[i]
    elseif 11 + #own + #compared < #ARGV then compared[#compared + 1] = KEYS[i]
    else others[#others + 1] = KEYS[i] end
  end
  for j, have in ipairs(values(compared)) do alone = alone and have == ARGV[11 + #own + j] end
  there = values(own)
  for _, hold in ipairs(values(others)) do alone = alone and (not hold or hold == id) end
  stores = alone and values({KEYS[at + 1]})[1] == ARGV[5]
  for j = 1, #own do stores = stores and there[j] == ARGV[11 + j] end
end
for from = 1, #gone, 1000 do redis.call('DEL', unpack(gone, from, math.min(from + 999, #gone))) end
if not stores then return 0 end
for j, name in ipairs(own) do
  line[j] = there[j]
  if changed[name] then
    line[j] = stamp(KEYS[1], ARGV[3])
    if j <= tonumber(ARGV[10]) then redis.call('SET', name, line[j]) else redis.call('SET', name, line[j], 'PX', ARGV[9]) end
  elseif j > tonumber(ARGV[10]) then redis.call('PEXPIRE', name, ARGV[9], 'GT') end
end
redis.call('SET', KEYS[at + 2], ARGV[6] .. '\\n' .. table.concat(line, ' ') .. '\\n' .. ARGV[7], 'PX', ARGV[8])
return 1`;

/**
 * KEYS: lease. ARGV: token, back-off ms or 0. If the lease still has this token: removes it, or replaces the token by
 * `backoff` for that time.
 */
export const RELEASE = `
if redis.pcall('GET', KEYS[1]) ~= ARGV[1] then return 0 end
if ARGV[2] == '0' then return redis.call('DEL', KEYS[1]) end
redis.call('SET', KEYS[1], 'backoff', 'PX', ARGV[2])
return 1`;

/** KEYS: sequence, stamp… ARGV: random. Gives each existing stamp a new second part, behind `~`. */
export const EXPIRE = `${VALUES}${NUMBER}
local names = {}
for i = 2, #KEYS do names[i - 1] = KEYS[i] end
for i, have in ipairs(values(names)) do
  if have then
    redis.call('SET', names[i], string.match(have, '^[^~]*') .. '~' .. stamp(KEYS[1], ARGV[1]), 'KEEPTTL')
  end
end
return #names`;

/** KEYS: names to remove, or only the glob. ARGV: cursor, glob, count, and 1 to remove. One step of a walk. */
export const WALK = `
if ARGV[4] == '1' then
  for from = 1, #KEYS, 1000 do redis.call('DEL', unpack(KEYS, from, math.min(from + 999, #KEYS))) end
end
return redis.call('SCAN', ARGV[1], 'MATCH', ARGV[2], 'COUNT', ARGV[3])`;
