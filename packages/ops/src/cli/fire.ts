import { parseArgs } from "node:util";
import { z } from "zod";
import { schedules } from "@algoitny/functions/deployment/schedules";
import { beatText } from "../beat-text.ts";
import { guardText } from "../guard-text.ts";
import { warmingText } from "../warming-text.ts";
import { runCommand } from "./command.ts";
import { nearest } from "./nearest.ts";
import {
  checkUrl,
  connectAsAdmin,
  RUNNING_CLOUD_FLAGS,
  RUNNING_CLOUD_USAGE,
} from "./running-cloud.ts";

const NAMES = Object.keys(schedules).join(" or ");

const USAGE = `Usage: npm run fire -- SCHEDULE [options]

Runs a schedule of the local cloud now, and prints its result: the number of refreshed entries, the time up to which
the beat has confirmed all changes, or the experiments that the guard has ended. Exit code 1 means that it failed.

  SCHEDULE      ${NAMES}
  --event JSON  event of the run (default: the schedule's event)
${RUNNING_CLOUD_USAGE}
  --json        the schedule's whole answer, as one JSON object
  --help        this text`;

/** Answer of a schedule that could not do its work. */
const Failed = z.object({ state: z.enum(["failed", "down", "broken"]) });

function parse() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      event: { type: "string" },
      ...RUNNING_CLOUD_FLAGS,
      json: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const [name = "", ...others] = positionals;
  const options = { ...values, name, event: eventOf(values.event) };
  if (values.help) return options;
  if (!Object.hasOwn(schedules, name) || others.length > 0) {
    const meant = others.length === 0 ? nearest(name, Object.keys(schedules)) : "";
    throw new Error(meant ? `no schedule ${name}${meant}` : `name one schedule: ${NAMES}`);
  }
  checkUrl(values);
  return options;
}

function eventOf(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch (error) {
    throw new Error("--event: write it as JSON", { cause: error });
  }
}

await runCommand({
  usage: USAGE,
  parse,
  run: async (options) => {
    const api = await connectAsAdmin(options);
    const answer = await api.call("POST", `/local/schedules/${options.name}`, options.event);
    const text = options.json
      ? undefined
      : (warmingText(answer) ?? beatText(answer) ?? guardText(answer));
    console.log(text ?? JSON.stringify(answer));
    if (Failed.safeParse(answer).success) process.exitCode = 1;
  },
});
