import * as answers from "@algoitny/functions/openapi/function-answers";
import { createApiClient } from "../api-client.ts";
import { exchange } from "../sign-in/sign-in-by-code.ts";
import { keepSignIn } from "../sign-in/kept-tokens.ts";
import { findStage, type Stage } from "./find-stage.ts";
import {
  type Command,
  type Context,
  type Given,
  type Surroundings,
  Unconfirmed,
} from "./ops-command.ts";

/** Runs a command whose arguments have been parsed, and prints its result. Returns false if it failed or found a fault. */
export async function runCommand(
  command: Command,
  given: Given,
  around: Surroundings,
): Promise<boolean> {
  const { json, watch } = given.flags;
  const found = command.standsAlone ? NO_STAGE : stageOf(command, given, around);
  const nameStage = namer(found, command, around);
  const renews = !command.standsAlone && !command.namesStage;
  const stage = renews ? await renewed(found, around, nameStage) : found;
  const overrides = stage.name === "local" && around.env["OPS_TOKEN"] !== undefined;
  const api = createApiClient({
    url: stage.url,
    token: stage.token,
    ...(overrides && { tokenAdvice: OVERRIDDEN }),
  });
  const context: Context = {
    stage,
    api: {
      send(...request) {
        nameStage();
        return api.send(...request);
      },
      call(...request) {
        nameStage();
        return api.call(...request);
      },
    },
    answers,
    env: around.env,
    folder: around.folder,
    memory: new Map(),
    now: around.now ?? Date.now,
    browse: around.browse ?? (() => {}),
    note: around.note,
    confirm(deed) {
      nameStage();
      return confirm(deed, stage, given, around);
    },
  };
  for (;;) {
    const result = await command.run(given, context);
    nameStage();
    if (json || result.text !== "") around.print(json ? JSON.stringify(result.data) : result.text);
    if (!watch || !(await around.nextRound())) return !result.failed;
  }
}

const OVERRIDDEN = "the variable OPS_TOKEN overrides the local cloud's own token: unset OPS_TOKEN";

/** Stage of a command that needs none: it has no address. */
const NO_STAGE: Stage = {
  name: "none",
  url: "http://127.0.0.1:0",
  token: undefined,
  found: "none",
};

function stageOf({ namesStage }: Command, { flags, words }: Given, around: Surroundings) {
  const { url, stage: name, data } = flags;
  const asked = { url: (namesStage && words[0]) || text(url), stage: text(name), data: text(data) };
  return findStage(asked, around.env, around.folder);
}

/** Prints the stage's line once: before the first request, so that a usage error of `run` stands alone. */
function namer({ name, url, found }: Stage, { standsAlone }: Command, { note }: Surroundings) {
  let isNamed = standsAlone === true;
  return () => {
    const at = name === new URL(url).host ? url : `${name} at ${url}`;
    if (!isNamed) note(`${at} (${found})`);
    isNamed = true;
  };
}

/** A token of `login` that has ended or is about to is renewed first, if the issuer gave a refresh token. */
async function renewed(
  stage: Stage,
  { env, now = Date.now }: Surroundings,
  nameStage: () => void,
): Promise<Stage> {
  const { signIn, name, url } = stage;
  const nowSeconds = Math.floor(now() / 1_000);
  if (!signIn?.refresh_token || signIn.expires_at - AHEAD_SECONDS > nowSeconds) return stage;
  nameStage();
  const { refresh_token } = signIn;
  const {
    token,
    expires_in: seconds,
    ...next
  } = await exchange(createApiClient({ url }), {
    refresh_token,
  });
  keepSignIn(env, name, { url, token, expires_at: nowSeconds + seconds, refresh_token, ...next });
  return { ...stage, token };
}

const AHEAD_SECONDS = 60;

const text = (flag: Given["flags"][string]) => (typeof flag === "string" ? flag : undefined);

/** In a local cloud `y` confirms a deed; elsewhere the stage's name has to be typed. */
async function confirm(deed: string, { name }: Stage, given: Given, { ask }: Surroundings) {
  if (given.flags["yes"]) return;
  if (!ask)
    throw new Unconfirmed(
      "there is no terminal to confirm in: check with --dry-run, then pass --yes",
    );
  const wanted = name === "local" ? "y" : name;
  const answer = await ask(`${deed} Type ${wanted} to go on: `);
  if (answer.trim() !== wanted) throw new Unconfirmed("nothing was done");
}
