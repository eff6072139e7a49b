import type { LuaState } from "fengari";
import { RedisError } from "../reply.ts";
import { type Bytes, type Raw, toBuffer } from "./bytes.ts";
import { type Execute, scriptRefusal } from "./execute.ts";
import { PRELUDE } from "./lua-prelude.ts";
import { floatText } from "./arguments.ts";
import {
  fieldAt,
  lauxlib,
  lua,
  lualib,
  push,
  pushField,
  setGlobal,
  stringAt,
  toReply,
} from "./lua-values.ts";

/** Runs Redis's scripts; one interpreter for all of them, as in Redis. */
export interface Lua {
  /** Null, or the error of a text that does not compile. */
  compile: (sha: string, script: Bytes) => RedisError | null;
  /** Runs a script that has been compiled. */
  run: (sha: string, invocation: Invocation) => Raw;
}

export interface Invocation {
  keys: readonly Bytes[];
  args: readonly Bytes[];
  /** Refuses commands that write. */
  readOnly: boolean;
}

const LIBRARIES = {
  _G: lualib.luaopen_base,
  table: lualib.luaopen_table,
  string: lualib.luaopen_string,
  math: lualib.luaopen_math,
};

export function createLua(execute: Execute): Lua {
  const state = lauxlib.luaL_newstate();
  for (const [name, open] of Object.entries(LIBRARIES)) {
    lauxlib.luaL_requiref(state, toBuffer(name), open, true);
  }
  lua.lua_settop(state, 0);
  load(state, PRELUDE, "prelude");
  let isReadOnly = false; // Of the running script; scripts run one at a time.
  const checked: Execute = (command) => scriptRefusal(command, isReadOnly) ?? execute(command);
  lua.lua_pushjsfunction(state, (at) => call(at, checked, true));
  lua.lua_pushjsfunction(state, (at) => call(at, checked, false));
  lua.lua_pcall(state, 2, 1, 0);
  lua.lua_rawseti(state, lua.LUA_REGISTRYINDEX, lua.LUA_RIDX_GLOBALS);

  const compiled = new Map<string, number>();
  return {
    compile(sha, script) {
      if (compiled.has(sha)) return null;
      // The shebang stays as an empty line, so that line numbers keep their meaning.
      const error = load(state, script.replace(/^#!lua[^\n]*/, ""), "@user_script");
      if (error !== null)
        return new RedisError(`ERR Error compiling script (new function): ${error}`);
      compiled.set(sha, lauxlib.luaL_ref(state, lua.LUA_REGISTRYINDEX));
      return null;
    },
    run(sha, { keys, args, readOnly }) {
      isReadOnly = readOnly;
      try {
        setGlobal(state, "KEYS", keys);
        setGlobal(state, "ARGV", args);
        lua.lua_rawgeti(state, lua.LUA_REGISTRYINDEX, compiled.get(sha) ?? 0);
        const ended = lua.lua_pcall(state, 0, 1, 0) === lua.LUA_OK;
        return ended ? toReply(state, -1) : uncaught(state, sha);
      } finally {
        lua.lua_settop(state, 0); // Also after an exception, so that the next script finds an empty stack.
      }
    },
  };
}

/** Leaves the compiled chunk on the stack, or returns the compiler's error. */
function load(state: LuaState, script: Bytes, name: string): Bytes | null {
  const chunk = toBuffer(script);
  if (lauxlib.luaL_loadbuffer(state, chunk, chunk.length, toBuffer(name)) === lua.LUA_OK)
    return null;
  const error = stringAt(state, -1);
  lua.lua_pop(state, 1);
  return error;
}

/** `redis.call` and `redis.pcall`. */
function call(state: LuaState, execute: Execute, raise: boolean): number {
  const command = commandAt(state);
  const reply = command instanceof RedisError ? command : inScript(execute(command));
  if (Array.isArray(command) && typeof reply === "string" && isStatus(command))
    pushField(state, "ok", reply);
  else push(state, reply);
  return raise && reply instanceof RedisError ? lua.lua_error(state) : 1;
}

/** Commands whose text reply is a status, which scripts get as a table with `ok`. */
const STATUSES = /^(set|setex|psetex|mset|hmset|rename|lset|ltrim|flushdb|flushall|type|ping)$/i;

function isStatus([name = "", ...args]: readonly Bytes[]): boolean {
  if (/^ping$/i.test(name)) return args.length === 0;
  const asksForOld = /^set$/i.test(name) && args.slice(2).some((option) => /^get$/i.test(option));
  return STATUSES.test(name) && !asksForOld;
}

function commandAt(state: LuaState): Bytes[] | RedisError {
  const command: Bytes[] = [];
  for (let index = 1; index <= lua.lua_gettop(state); index += 1) {
    const type = lua.lua_type(state, index);
    if (type === lua.LUA_TSTRING) command.push(stringAt(state, index));
    else if (type === lua.LUA_TNUMBER) command.push(floatText(lua.lua_tonumber(state, index)));
    else return new RedisError("ERR Lua redis lib command arguments must be strings or integers");
  }
  if (command.length > 0) return command;
  return new RedisError("ERR Please specify at least one argument for this redis.call() command");
}

/** Some errors have another text within a script. */
function inScript(reply: Raw): Raw {
  if (!(reply instanceof RedisError)) return reply;
  if (reply.message.startsWith("ERR unknown command")) {
    return new RedisError("ERR Unknown Redis command called from script");
  }
  if (reply.message.startsWith("ERR wrong number of arguments for")) {
    return new RedisError("ERR Wrong number of args calling Redis command from script");
  }
  return reply;
}

/** The error that ended a script: a table from `redis.call`, or a text from Lua itself. */
function uncaught(state: LuaState, sha: string): RedisError {
  const isTable = lua.lua_type(state, -1) === lua.LUA_TTABLE;
  const text = isTable ? fieldAt(state, -1, "err") : `ERR ${stringAt(state, -1)}`;
  return new RedisError(`${text} script: ${sha}, on @user_script.`);
}
