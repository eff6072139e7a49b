import { RedisError } from "../reply.ts";
import { syntaxError, wrongArguments } from "./arguments.ts";
import type { Channels } from "./channels.ts";
import type { CommandTable } from "./command-table.ts";

/** Commands of the server itself: PING, TIME, INFO, CONFIG, PUBLISH and the like. */
export function serverCommands(channels: Channels): CommandTable {
  return {
    PING: (_, [text, ...others]) => {
      if (others.length > 0) throw wrongArguments("ping");
      return text ?? "PONG";
    },
    ECHO: (_, [text = ""]) => text,
    TIME: (keyspace) => {
      const nowMs = keyspace.now();
      return [String(Math.floor(nowMs / 1_000)), String((nowMs % 1_000) * 1_000)];
    },
    INFO: (keyspace) =>
      `# Server\r\nredis_version:7.0.0\r\nredis_mode:standalone\r\n\r\n# Keyspace\r\ndb0:keys=${keyspace.keys().length}\r\n`,
    COMMAND: () => [], // As Upstash does.
    CONFIG: (_, [subcommand = ""]) => {
      if (subcommand.toUpperCase() === "GET") return []; // There are no settings.
      throw new RedisError("ERR the embedded Redis has no settings: use redis-server");
    },
    PUBLISH: (_, [channel = "", payload = ""]) => channels.publish(channel, payload),
    PUBSUB: (_, [subcommand = "", ...args]) => {
      const name = subcommand.toUpperCase();
      if (name === "CHANNELS" && args.length <= 1) return channels.names(args[0]);
      if (name === "NUMSUB") return args.flatMap((channel) => [channel, channels.count(channel)]);
      if (name === "NUMPAT" && args.length === 0) return channels.patternCount();
      throw syntaxError();
    },
  };
}
