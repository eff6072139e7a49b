import { RedisError, type Reply } from "../reply.ts";
import { type Bytes, decodeReply } from "./bytes.ts";
import type { Commands } from "./execute.ts";

/** MULTI … EXEC: nothing else runs in between, since everything here runs at once. */
export function transaction(
  { refusal, execute }: Commands,
  commands: readonly Bytes[][],
): Reply[] | RedisError {
  if (commands.some((command) => refusal(command) !== null)) {
    return new RedisError("EXECABORT Transaction discarded because of previous errors.");
  }
  return commands.map((command) => decodeReply(execute(command)));
}
