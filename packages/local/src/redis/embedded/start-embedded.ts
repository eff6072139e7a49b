import type { Client } from "../client.ts";
import type { RedisEngine } from "../redis-engine.ts";
import { restartable } from "../restartable.ts";
import { decodeReply, encodeCommand } from "./bytes.ts";
import { type Commands, createCommands } from "./execute.ts";
import { createKeyspace } from "./redis-keyspace.ts";
import { createLua, type Lua } from "./lua.ts";
import { createScripts } from "./script-commands.ts";
import { subscribe } from "./subscribe.ts";
import { transaction } from "./transaction.ts";

/** A Redis inside this process, over ioredis-mock: nothing to install, nothing kept. */
export async function startEmbedded(): Promise<RedisEngine> {
  return await restartable({ name: "ioredis-mock (embedded)", engine: "embedded", start });
}

async function start(): Promise<Client> {
  const keyspace = await createKeyspace();
  let lua: Lua | undefined; // most processes that start this run no script
  const scripts = createScripts(() => (lua ??= createLua((command) => commands.execute(command))));
  const commands: Commands = createCommands(keyspace, scripts);
  const ends = new Set<() => void>();
  return {
    call: async (command) => decodeReply(commands.execute(encodeCommand(command))),
    multi: async (queued) => transaction(commands, queued.map(encodeCommand)),
    async subscribe(subscriber) {
      const unsubscribe = await subscribe(keyspace, subscriber);
      const end = (): void => {
        unsubscribe();
        subscriber.onEnd();
      };
      ends.add(end);
      return {
        close() {
          if (ends.delete(end)) unsubscribe();
        },
      };
    },
    close() {
      for (const end of ends) end();
      ends.clear();
      commands.execute(["FLUSHALL"]); // ioredis-mock keeps every context for good
    },
  };
}
