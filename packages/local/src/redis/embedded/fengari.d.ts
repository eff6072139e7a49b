/** Types for the part of fengari (Lua 5.3 in JavaScript) that scripts need: the package has none. */
declare module "fengari" {
  /** A Lua state; opaque. */
  export interface LuaState {
    readonly __luaState: unique symbol;
  }
  type Function = (state: LuaState) => number;

  interface Fengari {
    lua: {
      LUA_OK: number;
      LUA_REGISTRYINDEX: number;
      LUA_RIDX_GLOBALS: number;
      LUA_TNIL: number;
      LUA_TBOOLEAN: number;
      LUA_TNUMBER: number;
      LUA_TSTRING: number;
      LUA_TTABLE: number;
      lua_checkstack(state: LuaState, slots: number): boolean;
      lua_createtable(state: LuaState, elements: number, fields: number): void;
      lua_error(state: LuaState): number;
      lua_gettop(state: LuaState): number;
      lua_settop(state: LuaState, index: number): void;
      lua_pop(state: LuaState, count: number): void;
      lua_type(state: LuaState, index: number): number;
      lua_toboolean(state: LuaState, index: number): boolean;
      lua_tonumber(state: LuaState, index: number): number;
      lua_tolstring(state: LuaState, index: number): Uint8Array;
      lua_pcall(state: LuaState, args: number, results: number, handler: number): number;
      lua_pushboolean(state: LuaState, value: boolean): void;
      lua_pushglobaltable(state: LuaState): void;
      lua_pushjsfunction(state: LuaState, value: Function): void;
      lua_pushlstring(state: LuaState, value: Uint8Array, length: number): void;
      lua_pushnumber(state: LuaState, value: number): void;
      lua_rawget(state: LuaState, index: number): number;
      lua_rawgeti(state: LuaState, index: number, key: number): number;
      lua_rawset(state: LuaState, index: number): void;
      lua_rawseti(state: LuaState, index: number, key: number): void;
    };
    lauxlib: {
      luaL_newstate(): LuaState;
      luaL_loadbuffer(state: LuaState, chunk: Uint8Array, size: number, name: Uint8Array): number;
      luaL_ref(state: LuaState, table: number): number;
      luaL_requiref(state: LuaState, name: Uint8Array, open: Function, global: boolean): void;
      luaL_where(state: LuaState, level: number): void;
    };
    lualib: Record<"luaopen_base" | "luaopen_table" | "luaopen_string" | "luaopen_math", Function>;
  }

  const fengari: Fengari;
  export default fengari;
}
