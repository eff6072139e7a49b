import type { LuaState } from "fengari";
import { RedisError } from "../reply.ts";
import { type Bytes, type Raw, toBuffer } from "./bytes.ts";

// Redis's Lua 5.1 writes a whole number without ".0"; fengari reads this setting once, when it is loaded.
process.env["FENGARICONF"] ??= JSON.stringify({ LUA_COMPAT_FLOATSTRING: true });
export const { lua, lauxlib, lualib } = (await import("fengari")).default;

export function pushString(state: LuaState, value: Bytes): void {
  const buffer = toBuffer(value);
  lua.lua_pushlstring(state, buffer, buffer.length);
}

export function stringAt(state: LuaState, index: number): Bytes {
  return Buffer.from(lua.lua_tolstring(state, index)).toString("latin1");
}

/** A table's string field; undefined when it has none. */
export function fieldAt(state: LuaState, index: number, name: string): Bytes | undefined {
  pushString(state, name);
  const type = lua.lua_rawget(state, index < 0 ? index - 1 : index);
  const value = type === lua.LUA_TSTRING ? stringAt(state, -1) : undefined;
  lua.lua_pop(state, 1);
  return value;
}

/** Converts a reply to Redis's Lua values: nil is false, an error is a table with `err`. */
export function push(state: LuaState, reply: Raw): void {
  if (reply === null) lua.lua_pushboolean(state, false);
  // Always a float: fengari's integers have 32 bits, while Lua 5.1 counts in doubles.
  else if (typeof reply === "number") lua.lua_pushnumber(state, reply);
  else if (typeof reply === "string") pushString(state, reply);
  else if (reply instanceof RedisError) pushField(state, "err", reply.message);
  else pushArray(state, reply);
}

/** Pushes a new table with this one field. */
export function pushField(state: LuaState, name: string, value: Bytes): void {
  lua.lua_createtable(state, 0, 1);
  pushString(state, name);
  pushString(state, value);
  lua.lua_rawset(state, -3);
}

function pushArray(state: LuaState, elements: readonly Raw[]): void {
  lua.lua_checkstack(state, 3);
  lua.lua_createtable(state, elements.length, 0);
  elements.forEach((element, i) => {
    push(state, element);
    lua.lua_rawseti(state, -2, i + 1);
  });
}

export function setGlobal(state: LuaState, name: string, value: readonly Bytes[]): void {
  lua.lua_pushglobaltable(state);
  pushString(state, name);
  push(state, [...value]);
  lua.lua_rawset(state, -3);
  lua.lua_pop(state, 1);
}

/** Deepest nesting of tables in a reply: without a limit, the conversion of a table that contains itself would never end. */
const DEEPEST_REPLY = 1_000;

/**
 * Converts a script's result to a reply by Redis's rules: numbers lose their fraction, false is null, an array ends at
 * its first nil.
 */
export function toReply(state: LuaState, index: number, depth = 0): Raw {
  if (depth > DEEPEST_REPLY || !lua.lua_checkstack(state, 3))
    return new RedisError("ERR reached lua stack limit");
  const type = lua.lua_type(state, index);
  if (type === lua.LUA_TSTRING) return stringAt(state, index);
  if (type === lua.LUA_TNUMBER) return toInteger(lua.lua_tonumber(state, index));
  if (type === lua.LUA_TBOOLEAN) return lua.lua_toboolean(state, index) ? 1 : null;
  if (type !== lua.LUA_TTABLE) return null;
  const error = fieldAt(state, index, "err");
  if (error !== undefined) return new RedisError(error);
  return fieldAt(state, index, "ok") ?? toArray(state, index, depth);
}

/** Like C's cast of a double on x86: values that do not fit into 64 bits, and NaN, become the lowest 64-bit integer. */
function toInteger(value: number): number {
  return Math.abs(value) < 2 ** 63 ? Math.trunc(value) : -(2 ** 63);
}

function toArray(state: LuaState, index: number, depth: number): Raw[] {
  const elements: Raw[] = [];
  for (let i = 1; ; i += 1) {
    const type = lua.lua_rawgeti(state, index, i);
    if (type !== lua.LUA_TNIL) elements.push(toReply(state, -1, depth + 1));
    lua.lua_pop(state, 1);
    if (type === lua.LUA_TNIL) return elements;
  }
}
