import { parseArgs } from "node:util";
import { ApiError, createApiClient, UnreachableError } from "../api-client.ts";
import { explain } from "../cli/explain.ts";
import { type Command, type Context, type Given, UsageError } from "./ops-command.ts";
import { flagsOf, helpOf, overview } from "./command-help.ts";
import { exchange } from "../sign-in/sign-in-by-code.ts";
import { keepSignIn } from "../sign-in/kept-tokens.ts";
import { findStage, type Stage } from "./find-stage.ts";
import { safe } from "./terminal-text.ts";

export const EXIT = { fine: 0, failed: 1, usage: 2, notAllowed: 3, unreachable: 4 } as const;

/** The terminal around a command; parameters, so that tests have their own. */
export interface Surroundings {
  env: Readonly<Record<string, string | undefined>>;
  folder: string;
  print: (text: string) => void;
  note: (line: string) => void;
  /** Opens a page in a browser; nothing by default. */
  browse?: (url: string) => void;
  /** The time in epoch milliseconds: now by default. */
  now?: () => number;
  /** A person's answer; undefined where there is no terminal. */
  ask: ((question: string) => Promise<string>) | undefined;
  /** Time until the next round of a watched command; false ends it. */
  nextRound: () => Promise<boolean>;
}

/** Runs one command line, prints its result, and returns the exit code. */
export async function runOps(
  commands: Readonly<Record<string, Command>>,
  args: readonly string[],
  around: Surroundings,
): Promise<number> {
  const [name = "", ...rest] = args;
  if (name === "" || name === "--help" || name === "-h") {
    around.print(overview(commands));
    return name === "" ? EXIT.usage : EXIT.fine;
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  try {
    if (!command) throw new UsageError(`no command ${name}${nearest(name, Object.keys(commands))}`);
    const given = parse(command, rest);
    if (given.flags["help"]) {
      around.print(helpOf(name, command));
      return EXIT.fine;
    }
    return await execute(command, given, around);
  } catch (error) {
    return report(error, command && helpOf(name, command), around);
  }
}

async function execute(command: Command, given: Given, around: Surroundings): Promise<number> {
  const { json, watch } = given.flags;
  const stage = command.standsAlone ? NO_STAGE : await stageOf(command, given, around);
  const context: Context = {
    stage,
    api: createApiClient({ url: stage.url, token: stage.token }),
    env: around.env,
    folder: around.folder,
    memory: new Map(),
    now: around.now ?? Date.now,
    browse: around.browse ?? (() => {}),
    note: around.note,
    confirm: (deed) => confirm(deed, stage, given, around),
  };
  for (;;) {
    const result = await command.run(given, context);
    if (json || result.text !== "") around.print(json ? JSON.stringify(result.data) : result.text);
    if (!watch || !(await around.nextRound())) return result.failed ? EXIT.failed : EXIT.fine;
  }
}

/** Stage of a command that needs none: it has no address to send anything to. */
const NO_STAGE: Stage = {
  name: "none",
  url: "http://127.0.0.1:0",
  token: undefined,
  found: "none",
};

async function stageOf({ namesStage }: Command, { flags, words }: Given, around: Surroundings) {
  const { url, stage: name, data } = flags;
  const asked = { url: (namesStage && words[0]) || text(url), stage: text(name), data: text(data) };
  const stage = findStage(asked, around.env, around.folder);
  around.note(`${stage.name} at ${stage.url} (${stage.found})`);
  return namesStage ? stage : renewed(stage, around);
}

/** A token of `login` that is about to end is renewed first, where the issuer gave what renews it. */
async function renewed(stage: Stage, { env, now = Date.now }: Surroundings): Promise<Stage> {
  const { signIn, name, url } = stage;
  const nowSeconds = Math.floor(now() / 1_000);
  if (!signIn?.refresh_token || signIn.expires_at - AHEAD_SECONDS > nowSeconds) return stage;
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

/** Reads a command line strictly: a mistyped flag must never turn a rehearsal into the deed. */
function parse(command: Command, args: readonly string[]): Given {
  const known = flagsOf(command);
  const options = Object.fromEntries(
    Object.entries(known).map(([name, { type, short, multiple = false }]) => [
      name,
      { type, multiple, ...(short && { short }) },
    ]),
  );
  let parsed;
  try {
    parsed = parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    const [, flag = ""] = /'(-{1,2}[^' ]+)/.exec(error instanceof Error ? error.message : "") ?? [];
    const names = Object.keys(known).map((name) => `--${name}`);
    throw new UsageError(`${explain(error)}${nearest(flag, names)}`);
  }
  const { values, positionals: words } = parsed;
  const { leastWords = 0, mostWords = 0 } = command;
  const isHelp = values["help"] === true;
  if (!isHelp && words.length < leastWords) throw new UsageError(`it takes ${command.words ?? ""}`);
  if (!isHelp && words.length > mostWords)
    throw new UsageError(
      `${words[mostWords] ?? ""}: it takes ${command.words ?? "no words, but flags"}`,
    );
  return { flags: values as Given["flags"], words };
}

/** A local cloud's deed is done on `y`; elsewhere the stage's name has to be typed. */
async function confirm(deed: string, { name }: Stage, given: Given, { ask }: Surroundings) {
  if (given.flags["yes"]) return;
  if (!ask)
    throw new UsageError(
      "there is no terminal to confirm in: check with --dry-run, then pass --yes",
    );
  const wanted = name === "local" ? "y" : name;
  const answer = await ask(`${deed} Type ${wanted} to go on: `);
  if (answer.trim() !== wanted) throw new UsageError("nothing was done");
}

/** ` — did you mean …?` for a name that is two letters off at most. */
function nearest(name: string, names: readonly string[]): string {
  const [best] = names
    .map((known) => ({ known, steps: distance(name, known) }))
    .toSorted((a, b) => a.steps - b.steps);
  return best && best.steps <= 2 ? `: did you mean ${best.known}?` : "";
}

/** Letters to insert, drop or replace (Levenshtein 1966). */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [line, letter] of Array.from(from).entries()) {
    const next = [line + 1];
    for (const [column, other] of Array.from(to).entries()) {
      const replaced = (row[column] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}

function report(error: unknown, usage: string | undefined, { note }: Surroundings): number {
  // Answers of a server are in it.
  note(explain(error).split("\n").map(safe).join("\n"));
  if (error instanceof UsageError) {
    if (usage !== undefined) note(`\n${usage}`);
    return EXIT.usage;
  }
  if (error instanceof UnreachableError) return EXIT.unreachable;
  if (error instanceof ApiError && (error.status === 401 || error.status === 403)) {
    note(
      "sign in with `npm run ops -- login URL`, or give an operator's token in OPS_TOKEN; locally `npm run dev` gives one by itself.",
    );
    return EXIT.notAllowed;
  }
  return EXIT.failed;
}
