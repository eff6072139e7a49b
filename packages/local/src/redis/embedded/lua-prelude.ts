/**
 * Lua chunk that makes the globals of a Redis script other than KEYS and ARGV, without those that Redis removes; takes
 * `redis.call` and `redis.pcall`, returns the globals.
 */
export const PRELUDE = `
local call, pcall_ = ...
redis = {
  call = call,
  pcall = pcall_,
  LOG_DEBUG = 0, LOG_VERBOSE = 1, LOG_NOTICE = 2, LOG_WARNING = 3,
  log = function() end,
  setresp = function() end,
  replicate_commands = function() return true end,
  error_reply = function(text) return { err = string.find(text, " ", 1, true) and text or "ERR " .. text } end,
  status_reply = function(text) return { ok = text } end,
}
unpack = table.unpack
dofile, loadfile, print, collectgarbage = nil, nil, nil, nil

-- Redis's Lua 5.1 has only doubles; fengari would make 32-bit integers of whole numbers.
local parse = tonumber
function tonumber(...)
  local number = parse(...)
  return number and number + 0.0
end

-- One interpreter runs every script, so none may leave something behind: scripts see empty tables in front of the real ones.
local protected = {}
local function refuse() error("Attempt to modify a readonly table", 2) end
local function readonly(original)
  local front = {}
  protected[front] = true
  return setmetatable(front, {
    __index = original, __newindex = refuse, __metatable = false,
    __pairs = function() return next, original, nil end,
  })
end
for _, name in ipairs({ "redis", "string", "table", "math" }) do
  _G[name] = readonly(_G[name])
end
getmetatable("").__metatable = false

local set = rawset
function rawset(target, ...)
  if protected[target] then refuse() end
  return set(target, ...)
end

setmetatable(_G, {
  __index = function(_, name)
    error("Script attempted to access nonexistent global variable '" .. tostring(name) .. "'", 2)
  end,
})
_G = readonly(_G)
return _G
`;
