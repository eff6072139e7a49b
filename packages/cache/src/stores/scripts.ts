/**
 * The atomic steps of the protocol in Lua. They name every key in KEYS and carry the flag with which Upstash locks those
 * keys alone instead of the whole database. Each may be tried again after an ambiguous failure: tokens and ids tell a repetition.
 */
const FLAGS = "#!lua flags=allow-key-locking";

/**
 * KEYS: entry, lease, stamp… ARGV: token, lease ms, stamp ms, id of the entry seen or "", former token or "", fresh stamp…
 * Returns 0 (denied), 1 (granted) or 2 (granted, and the entry seen is still there), the entry stored since the reader
 * looked or nil, then the stamps.
 */
export const LEASE = `${FLAGS}
local answer = {0, false}
for i = 3, #KEYS do
  local stamp = redis.call('GET', KEYS[i])
  if not stamp then
    stamp = ARGV[i + 3]
    redis.call('SET', KEYS[i], stamp, 'PX', ARGV[3])
  end
  answer[i] = stamp
end
local seen = ARGV[4]
local there = seen ~= '' and redis.call('GETRANGE', KEYS[1], 0, #seen - 1) == seen
if not there then answer[2] = redis.call('GET', KEYS[1]) end
if answer[2] then return answer end
local holder = redis.call('GET', KEYS[2])
if not holder or holder == ARGV[5] then
  redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[2])
  answer[1] = there and 2 or 1
end
return answer`;

/**
 * KEYS: entry, lease, stamp… ARGV: token, entry, entry ms, stamp ms, id of the entry, expected stamp or ""…
 * Returns 1 when the entry is stored (also by an earlier try of the same commit), 0 when it is refused.
 */
export const COMMIT = `${FLAGS}
if redis.call('GET', KEYS[2]) ~= ARGV[1] then
  return redis.call('GETRANGE', KEYS[1], 0, #ARGV[5] - 1) == ARGV[5] and 1 or 0
end
redis.call('DEL', KEYS[2])
for i = 3, #KEYS do
  local stamp = redis.call('GET', KEYS[i])
  if not stamp or (ARGV[i + 3] ~= '' and stamp ~= ARGV[i + 3]) then return 0 end
end
for i = 3, #KEYS do
  if redis.call('PTTL', KEYS[i]) < tonumber(ARGV[4]) then redis.call('PEXPIRE', KEYS[i], ARGV[4]) end
end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1`;

/** KEYS: lease. ARGV: token, back-off ms or 0. Removes the lease if it is still ours, or leaves it closed for the back-off. */
export const RELEASE = `${FLAGS}
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
if ARGV[2] == '0' then return redis.call('DEL', KEYS[1]) end
redis.call('SET', KEYS[1], 'backoff', 'PX', ARGV[2])
return 1`;

/** KEYS: stamp… ARGV: ms, new stamp… Replaces the soft part behind \`~\`; the hard part stays, and so does a longer life. */
export const SOFT_BUMP = `${FLAGS}
for i, key in ipairs(KEYS) do
  local stamp = redis.call('GET', key)
  local hard = stamp and string.match(stamp, '^[^~]*') or ARGV[i + 1]
  local ms = math.max(redis.call('PTTL', key), tonumber(ARGV[1]))
  redis.call('SET', key, hard .. '~' .. ARGV[i + 1], 'PX', string.format('%.0f', ms))
end
return #KEYS`;
