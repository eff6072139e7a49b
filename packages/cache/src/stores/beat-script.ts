/**
 * KEYS: closed timestamp, stamp of everything. ARGV: the value that the last beat left, or "" before the first one, the
 * new time in ms, and the random part of the new value. A stored value that is not the last beat's and not older than
 * the new time is from a later beat: this request is a late copy, and does nothing. Without a value, as before the
 * first beat, or with another one than the last beat's, the store may have been rolled back or replaced: everything is
 * invalidated. Returns 1 (advanced), 0 (cleared) or 2 (late), and the value in place. On Redis itself the value ends in
 * the server's run id, so that any restart or promotion counts as a roll-back.
 */
export const BEAT = `
local info = redis.pcall('INFO', 'server')
local run = type(info) == 'string' and string.match(info, 'run_id:(%w+)') or ''
local now = redis.pcall('GET', KEYS[1])
if type(now) ~= 'string' then now = '' end
local function time(value) return tonumber(string.match(value, '^%d+') or 0) end
local new = ARGV[2] .. '.' .. ARGV[3] .. '.' .. run
if now == new then return {1, now} end
if now ~= ARGV[1] and time(now) >= tonumber(ARGV[2]) then return {2, now} end
local same = now ~= '' and now == ARGV[1] and string.sub(now, -#run - 1) == '.' .. run
if not same then redis.call('DEL', KEYS[2]) end
redis.call('SET', KEYS[1], new)
return {same and 1 or 0, new}`;
