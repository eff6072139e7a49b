import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import * as z from "zod";
import { DEFAULT_DATA_DIR, RunningCloud, runningCloudFile } from "../cli/running-cloud.ts";
import { type KeptSignIn, readSignIns } from "../sign-in/kept-tokens.ts";
import { UsageError } from "./ops-command.ts";

/** A stage to operate. */
export interface Stage {
  /** `local`, or the deployed stage's name; the host of its address if its name is unknown. */
  name: string;
  url: string;
  token: string | undefined;
  /** Sign-in from which the token comes, if it can be renewed. */
  signIn?: KeptSignIn;
  /** Source of the address, for the first line of each command. */
  found: string;
}

interface Asked {
  url?: string | undefined;
  stage?: string | undefined;
  data?: string | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

const Outputs = z.looseObject({ url: z.url().optional(), stage: z.string().optional() });

/** Names of this machine: requests to it do not leave it. */
const THIS_MACHINE: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "[::1]"]);

/**
 * Finds the stage: `--url`, `--stage`, `OPS_URL`, the local cloud that runs over the data folder, the last deployment's
 * outputs, in this order. Tokens come from `OPS_TOKEN`, the running cloud or `login`, never from a flag: `ps` shows
 * flags. Throws a UsageError if none is found.
 */
export function findStage(
  { url: asked, stage: named, data = DEFAULT_DATA_DIR }: Asked,
  env: Environment = process.env,
  folder: string = process.cwd(),
): Stage {
  const { OPS_URL: fromEnvironment, OPS_TOKEN: token } = env;
  const local = readJson(runningCloudFile(resolve(folder, data)), RunningCloud);
  const signIns = readSignIns(env);
  const deployed = readJson(join(folder, ".sst/outputs.json"), Outputs);
  const at = (url: string, found: string, name?: string): Stage => {
    if (!URL.canParse(url))
      throw new UsageError(`${found} ${url}: write it as https://api.example.com`);
    const { protocol, hostname } = new URL(url);
    if (protocol !== "https:" && !(protocol === "http:" && THIS_MACHINE.has(hostname)))
      throw new UsageError(`${found} ${url}: write https://, or others can read the token`);
    const isAt = (other: string) => new URL(other).origin === new URL(url).origin;
    const [profile, signIn] = Object.entries(signIns).find(([, each]) => isAt(each.url)) ?? [];
    const isLocal = local !== undefined && isAt(local.url);
    return {
      name: name ?? (isLocal ? "local" : (profile ?? new URL(url).host)),
      url,
      token: token ?? (isLocal ? local.token : signIn?.token),
      ...(token === undefined && !isLocal && signIn && { signIn }),
      found,
    };
  };
  if (asked !== undefined) return at(asked, "--url", named);
  if (named !== undefined) {
    const profile = signIns[named];
    if (profile) return at(profile.url, "signed in by login", named);
    if (named === "local" && local) return at(local.url, `the cloud that runs over ${data}`);
    if (deployed?.url !== undefined && deployed.stage === named)
      return at(deployed.url, ".sst/outputs.json", named);
    throw new UsageError(
      `no stage ${named} is known here: npm run ops -- login URL, or name it with --url`,
    );
  }
  if (fromEnvironment) return at(fromEnvironment, "OPS_URL");
  if (local) return at(local.url, `the cloud that runs over ${data}`);
  if (deployed?.url !== undefined) return at(deployed.url, ".sst/outputs.json", deployed.stage);
  throw new UsageError(
    "no stage is found: start one with `npm run dev`, sign in with `npm run ops -- login URL`, or name one with --url or OPS_URL and give OPS_TOKEN",
  );
}

function readJson<T>(file: string, schema: z.ZodType<T>): T | undefined {
  if (!existsSync(file)) return undefined;
  try {
    return schema.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch (error) {
    throw new UsageError(`${file} cannot be read: name the stage with --url`, { cause: error });
  }
}
