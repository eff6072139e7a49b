import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import * as z from "zod";

/** Sign-in of one stage, as `login` left it. */
const KeptSignIn = z.object({
  url: z.url(),
  token: z.string(),
  /** Seconds since the epoch. */
  expires_at: z.int(),
  refresh_token: z.string().optional(),
});
export type KeptSignIn = z.output<typeof KeptSignIn>;

const Kept = z.record(z.string(), KeptSignIn);

type Environment = Readonly<Record<string, string | undefined>>;

/** File of the tokens: readable only by its user, in the folder for programs' state. */
export const keptTokensFile = ({ XDG_STATE_HOME: state, HOME: home = homedir() }: Environment) =>
  join(state || join(home, ".local/state"), "algoitny/tokens.json");

/** Sign-ins by stage. Throws if other users can read the file: a token in it may then be known to them. */
export function readSignIns(env: Environment): Readonly<Record<string, KeptSignIn>> {
  const file = keptTokensFile(env);
  if (!existsSync(file)) return {};
  if ((statSync(file).mode & 0o077) !== 0)
    throw new Error(`${file} can be read by others: delete it, and sign in again`);
  try {
    return Kept.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch (error) {
    throw new Error(`${file} cannot be read: delete it, and sign in again`, { cause: error });
  }
}

/** Keeps the sign-in of a stage beside those of other stages. */
export function keepSignIn(env: Environment, stage: string, signIn: KeptSignIn): void {
  const file = keptTokensFile(env);
  const all = { ...readSignIns(env), [stage]: signIn };
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(file, JSON.stringify(all), { mode: 0o600 });
  // The mode above only applies to a new file.
  chmodSync(file, 0o600);
}
