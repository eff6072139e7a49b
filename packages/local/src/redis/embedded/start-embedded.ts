import type { Client } from "../client.ts";
import type { RedisEngine } from "../redis-engine.ts";
import { restartable } from "../restartable.ts";
import { decodeReply, encodeCommand } from "./bytes.ts";
import { createChannels } from "./channels.ts";
import { type Commands, createCommands } from "./execute.ts";
import { Keyspace } from "./redis-keyspace.ts";
import { createLua, type Lua } from "./lua.ts";
import { createScripts } from "./script-commands.ts";
import { serverCommands } from "./server-commands.ts";
import { transaction } from "./transaction.ts";

/** A Redis inside this process: it needs no installation, and its data ends with the process, or with `stop`. */
export async function startEmbedded(): Promise<RedisEngine> {
  return await restartable({ name: "embedded Redis", engine: "embedded", start });
}

async function start(): Promise<Client> {
  const channels = createChannels();
  let lua: Lua | undefined; // Created for the first script.
  const scripts = createScripts(() => (lua ??= createLua((command) => commands.execute(command))));
  const more = { ...serverCommands(channels), ...scripts };
  const commands: Commands = createCommands(new Keyspace(), more);
  const ends = new Set<() => void>();
  return {
    call: async (command) => decodeReply(commands.execute(encodeCommand(command))),
    multi: async (queued) => transaction(commands, queued.map(encodeCommand)),
    async subscribe(subscriber) {
      const unsubscribe = channels.subscribe(subscriber);
      const end = (): void => {
        unsubscribe();
        subscriber.onEnd();
      };
      ends.add(end);
      return {
        close() {
          ends.delete(end);
          unsubscribe();
        },
      };
    },
    close() {
      for (const end of ends) end();
      ends.clear();
    },
  };
}
