import type { Servers } from "./servers.ts";

/**
 * Stores copies of a library's entry for the key `view-0-end`, as if it had stored `view-1-end`, `view-2-end` …: each
 * Redis key that contains the name is copied under the other names, which are also added to each set that contains it.
 */
const COPY = `
local all = redis.call('KEYS', '*')
local copies = tonumber(ARGV[1])
local plain = 'view%-0%-end'
for _, key in ipairs(all) do
  if string.find(key, plain) then
    for index = 1, copies do redis.call('COPY', key, (string.gsub(key, plain, 'view-' .. index .. '-end'))) end
  end
  if redis.call('TYPE', key).ok == 'set' then
    for _, member in ipairs(redis.call('SMEMBERS', key)) do
      if string.find(member, plain) then
        for index = 1, copies do redis.call('SADD', key, (string.gsub(member, plain, 'view-' .. index .. '-end'))) end
      end
    end
  end
end
return redis.call('DBSIZE')`;

export async function copyEntries(servers: Servers, entries: number): Promise<void> {
  const size = Number(await servers.call("EVAL", COPY, "0", String(entries - 1)));
  if (size < entries) throw new Error(`${size} keys after copies of an entry to ${entries}`);
}
