import type { Command } from "./ops-command.ts";
import { advise } from "./advise.ts";
import { clear, invalidate, warm } from "./deeds.ts";
import { doctor } from "./doctor.ts";
import { drill } from "./drill.ts";
import { login } from "./login.ts";
import { preflight } from "./preflight.ts";
import { experiment } from "./try-lifetimes.ts";
import { explain, get, keys, top } from "./show-entries.ts";
import { stats } from "./show-stats.ts";
import { tail } from "./tail.ts";

/** Every command of `npm run ops`, in the order of its help. A new command needs only a line here. */
export const commands: Readonly<Record<string, Command>> = {
  stats,
  doctor,
  tail,
  top,
  keys,
  explain,
  get,
  invalidate,
  clear,
  warm,
  experiment,
  advise,
  login,
  preflight,
  drill,
};
