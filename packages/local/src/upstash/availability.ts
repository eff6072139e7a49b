import type { Command } from "../redis/reply.ts";

/**
 * Commands that Upstash's REST API refuses in a request, in groups for the reader. Three subscriptions have paths of their
 * own (`event-streams.ts`).
 */
const REFUSED = {
  blocking: "BLMOVE BLMPOP BLPOP BRPOP BRPOPLPUSH BZMPOP BZPOPMAX BZPOPMIN",
  transaction: "DISCARD EXEC MULTI UNWATCH WATCH",
  subscription:
    "MONITOR PSUBSCRIBE PUNSUBSCRIBE SPUBLISH SSUBSCRIBE SUBSCRIBE SUNSUBSCRIBE UNSUBSCRIBE",
  connection: "AUTH CLIENT HELLO QUIT READONLY READWRITE RESET SELECT",
  cluster: "ASKING CLUSTER FAILOVER MIGRATE PSYNC REPLCONF REPLICAOF ROLE SLAVEOF SYNC",
  server: "BGREWRITEAOF BGSAVE DEBUG LASTSAVE LATENCY LOLWUT MODULE SAVE SHUTDOWN SLOWLOG SWAPDB",
  data: "LCS MOVE OBJECT SORT SORT_RO",
};

const REFUSED_NAMES = new Set(Object.values(REFUSED).flatMap((names) => names.split(" ")));
const REFUSED_SUBCOMMANDS = new Set([
  "FUNCTION DUMP",
  "FUNCTION RESTORE",
  "CONFIG REWRITE",
  "CONFIG RESETSTAT",
]);
const MAY_BLOCK = new Set(["XREAD", "XREADGROUP"]);

/** The error of a command that Upstash refuses in a request; undefined for all others. */
export function refusal(command: Command): string | undefined {
  const [name = "", subcommand = ""] = command
    .slice(0, 2)
    .map((word) => String(word).toUpperCase());
  const refused =
    REFUSED_NAMES.has(name) ||
    REFUSED_SUBCOMMANDS.has(`${name} ${subcommand}`) ||
    (MAY_BLOCK.has(name) && command.some((word) => String(word).toUpperCase() === "BLOCK"));
  if (!refused) return undefined;
  return `ERR Command is not available: '${name}'. See https://upstash.com/docs/redis/overall/compatibility for details`;
}
