import { statSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";
import { runCommand } from "@algoitny/ops/cli/command";
import { DEFAULT_DATA_DIR } from "@algoitny/ops/cli/running-cloud";
import { claimsOf, createIssuer } from "../issuer/issuer.ts";
import { SAMPLE_ADMIN, SAMPLE_USER } from "../sample/sample-people.ts";

const USAGE = `Usage: npm run token -- [options]

Prints a token that the local cloud with this data folder accepts for 30 days; the cloud need not be running.

  --admin          with the rights of an admin
  --email ADDRESS  user of the token (${SAMPLE_USER}; with --admin ${SAMPLE_ADMIN})
  --data DIR       the data folder that \`npm run dev\` was given (${DEFAULT_DATA_DIR})
  --json           one JSON object of { token, email, admin }
  --help           this text

-s omits npm's own lines: curl -H "Authorization: Bearer $(npm run -s token -- --admin)" …`;

const Flags = z.object({
  email: z.email({ error: "--email: write an address like me@example.com" }),
  admin: z.boolean(),
  data: z.string().min(1, "--data: name a folder"),
  json: z.boolean(),
  help: z.boolean(),
});

function parse() {
  const { values } = parseArgs({
    options: {
      email: { type: "string" },
      admin: { type: "boolean", default: false },
      data: { type: "string", default: DEFAULT_DATA_DIR },
      json: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const email = values.email ?? (values.admin ? SAMPLE_ADMIN : SAMPLE_USER);
  const parsed = Flags.safeParse({ ...values, email });
  if (parsed.success) return parsed.data;
  throw new Error(parsed.error.issues.map(({ message }) => message).join("\n"));
}

await runCommand({
  usage: USAGE,
  parse,
  run: async ({ email, admin, data, json }) => {
    // A mistyped folder would get a new key, and a token that no cloud accepts.
    const isFolder = statSync(data, { throwIfNoEntry: false })?.isDirectory() ?? false;
    if (data !== DEFAULT_DATA_DIR && !isFolder)
      throw new Error(`no folder ${resolve(data)}: name the one that \`npm run dev\` was given`);
    const issuer = await createIssuer(resolve(data));
    const token = await issuer.issueToken(claimsOf(email, admin));
    console.log(json ? JSON.stringify({ token, email, admin }) : token);
  },
});
