import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";
import { claimsOf, createIssuer } from "../issuer/issuer.ts";
import { DEFAULT_DATA_DIR } from "./dev-options.ts";
import { explain } from "./explain.ts";

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
  if (values.help) {
    console.log(USAGE);
    process.exit(0);
  }
  const parsed = Flags.safeParse(values);
  if (parsed.success) return parsed.data;
  throw new Error(parsed.error.issues.map(({ message }) => message).join("\n"));
}

function parseOrExit() {
  try {
    return parse();
  } catch (error) {
    console.error(`${explain(error)}\n\n${USAGE}`);
    return process.exit(2);
  }
}

const { email, admin, data } = parseOrExit();
try {
  const issuer = await createIssuer(resolve(data));
  console.log(await issuer.issueToken(claimsOf(email, admin)));
} catch (error) {
  console.error(explain(error));
  process.exitCode = 1;
}
