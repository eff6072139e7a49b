/**
 * Lua check for scripts with the flag `allow-key-locking`, like Upstash's: a command with a key that is not in KEYS is
 * refused. Plain Redis would run it, and the mistake would be found in production only. One line, so that line numbers in
 * errors stay right.
 */
const CHECK = `
local redis = (function(redis)
  local declared, all, none = {}, { DEL = 1, EXISTS = 1, MGET = 1, TOUCH = 1, UNLINK = 1 }, { ECHO = 1, PING = 1, PUBLISH = 1, TIME = 1 }
  for _, key in ipairs(KEYS) do declared[key] = true end
  local function undeclared(name, ...)
    name = string.upper(tostring(name))
    local keys = { ... }
    for i = 1, none[name] and 0 or all[name] and #keys or 1 do
      local key = tostring(keys[i])
      if not declared[key] then return key end
    end
  end
  local function checked(run, refuse)
    return function(...)
      local key = undeclared(...)
      if key == nil then return run(...) end
      return refuse({ err = "ERR Dynamic keys are not allowed in Lua scripts when 'allow-key-locking' flag is set. Key was: " .. key })
    end
  end
  local own = { call = checked(redis.call, error), pcall = checked(redis.pcall, function(refusal) return refusal end) }
  return setmetatable(own, { __index = redis })
end)(redis)
`;

const FLAG = "allow-key-locking";
const SHEBANG = /^#!lua\b(?<options>[^\n]*)\n/;
const ONE_LINE = CHECK.replaceAll(/\s+/g, " ");

/** A call of a command whose only keys are those of KEYS. */
const DECLARED = /redis\.p?call\('\w+', ?(?:unpack\(KEYS\)|KEYS\[\d+\])\)/g;

/** The script as plain Redis accepts it: without the flag, but with the flag's check where it could fail. */
export function withoutKeyLocking(script: string): string {
  return script.replace(SHEBANG, (line, options: string) => {
    const flags = (/flags=(\S*)/.exec(options)?.[1] ?? "").split(",");
    if (!flags.includes(FLAG)) return line;
    const others = flags.filter((flag) => flag !== FLAG);
    const check = /redis|KEYS/.test(script.replaceAll(DECLARED, "")) ? ONE_LINE : "";
    return `#!lua${others.length > 0 ? ` flags=${others.join(",")}` : ""}\n${check}`;
  });
}
