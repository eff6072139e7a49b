import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";
import { claimsOf, createIssuer } from "../issuer/issuer.ts";
import { runCommand } from "@algoitny/ops/cli/command";
import { DEFAULT_DATA_DIR } from "@algoitny/ops/cli/running-cloud";

const USAGE = `Usage: npm run token -- --email ADDRESS [--admin] [--data DIR]

Prints a token, good for 30 days, that the local cloud accepts: the one that runs, or the next one, over the same data.

  --email ADDRESS  whose token
  --admin          with the rights of an admin
  --data DIR       the data folder that \`npm run dev\` was given (${DEFAULT_DATA_DIR})`;

const Flags = z.object({
  email: z.email({ error: "--email: write an address like me@example.com" }),
  admin: z.boolean(),
  data: z.string().min(1, "--data: name a folder"),
  help: z.boolean(),
});

function parse() {
  const { values } = parseArgs({
    options: {
      email: { type: "string" },
      admin: { type: "boolean", default: false },
      data: { type: "string", default: DEFAULT_DATA_DIR },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) return { ...values, email: "" };
  const parsed = Flags.safeParse(values);
  if (parsed.success) return parsed.data;
  throw new Error(parsed.error.issues.map(({ message }) => message).join("\n"));
}

await runCommand({
  usage: USAGE,
  parse,
  run: async ({ email, admin, data }) => {
    const issuer = await createIssuer(resolve(data));
    console.log(await issuer.issueToken(claimsOf(email, admin)));
  },
});
