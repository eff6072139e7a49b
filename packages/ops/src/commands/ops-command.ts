import type { ApiClient } from "../api-client.ts";
import type { Stage } from "./find-stage.ts";

/** Schemas of the API's answers. */
export type Answers = typeof import("@algoitny/functions/openapi/function-answers");

/** One flag, as `parseArgs` takes it, with the words of its help. */
export interface Flag {
  type: "string" | "boolean";
  short?: string;
  multiple?: boolean;
  /** Name of its value in the help: `GLOB`. */
  value?: string;
  help: string;
}

/** Parsed command line of one command: undeclared flags have been refused. */
export interface Given {
  flags: Readonly<Record<string, string | boolean | readonly string[] | undefined>>;
  words: readonly string[];
}

export interface Context {
  stage: Stage;
  env: Readonly<Record<string, string | undefined>>;
  /** Working folder. */
  folder: string;
  /** The time in epoch milliseconds. */
  now: () => number;
  /** Opens a page in the person's browser, if there is one. */
  browse: (url: string) => void;
  api: ApiClient;
  /**
   * Passed in rather than imported: the help of a command does not need the schemas, which take longer to load than the
   * help.
   */
  answers: Answers;
  /** State that a watched command keeps from one round to the next. */
  memory: Map<string, unknown>;
  /** Asks before a deed; without a terminal it throws an Unconfirmed and changes nothing, unless `--yes` is given. */
  confirm: (deed: string) => Promise<void>;
  /** A line for the waiting person, not part of the data. */
  note: (line: string) => void;
}

/** Result of a command: an object for programs and text for people. */
export interface Result {
  data: unknown;
  text: string;
  /** True if the request failed or a check found a fault: exit code 1. */
  failed?: boolean;
}

export interface Command {
  /** One line of the list of commands. */
  summary: string;
  /** Positional arguments, as its usage shows them: `KEY`. */
  words?: string;
  mostWords?: number;
  leastWords?: number;
  /** Its first positional argument is the stage's address. */
  namesStage?: true;
  /** Calls no stage's API, and so needs neither its address nor a token. */
  standsAlone?: true;
  /** Explanation of its output, for `--help`. */
  teaches: string;
  flags?: Readonly<Record<string, Flag>>;
  examples: readonly string[];
  /** May be repeated with `--watch`. */
  watches?: true;
  run: (given: Given, context: Context) => Promise<Result>;
}

/** The terminal around a command; parameters, so that tests can replace it. */
export interface Surroundings {
  env: Readonly<Record<string, string | undefined>>;
  folder: string;
  print: (text: string) => void;
  note: (line: string) => void;
  /** Opens a page in a browser; by default, none is opened. */
  browse?: (url: string) => void;
  /** The time in epoch milliseconds: now by default. */
  now?: () => number;
  /** Asks the person at the terminal; undefined where there is none. */
  ask: ((question: string) => Promise<string>) | undefined;
  /** Waits until the next round of a watched command; false ends it. */
  nextRound: () => Promise<boolean>;
}

/** The command line is invalid, or a deed was not confirmed: exit code 2, and nothing was done. */
export class UsageError extends Error {
  override readonly name: string = "UsageError";
}

/** A deed was not confirmed: its usage would explain nothing. */
export class Unconfirmed extends UsageError {
  override readonly name = "Unconfirmed";
}
