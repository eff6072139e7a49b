import { RedisError, type Reply } from "../reply.ts";
import { type Bytes, decodeReply } from "./bytes.ts";
import type { Commands } from "./execute.ts";

/** MULTI … EXEC: no other command runs in between, because every command here is synchronous. */
export function transaction(
  { refusal, execute }: Commands,
  commands: readonly Bytes[][],
): Reply[] | RedisError {
  if (commands.some((command) => refusal(command) !== null)) {
    return new RedisError("EXECABORT Transaction discarded because of previous errors.");
  }
  return commands.map((command) => decodeReply(execute(command)));
}
