import { resolve } from "node:path";
import { type ApiClient, createApiClient } from "../import/api-client.ts";
import { claimsOf, createIssuer } from "../issuer/issuer.ts";
import { DEFAULT_DATA_DIR, DEFAULT_PORT } from "./dev-options.ts";

/** Flags of the commands that talk to a running cloud. */
export const RUNNING_CLOUD_FLAGS = {
  url: { type: "string", default: `http://127.0.0.1:${DEFAULT_PORT}` },
  token: { type: "string" },
  data: { type: "string", default: DEFAULT_DATA_DIR },
} as const;

export const RUNNING_CLOUD_USAGE = `  --url URL     where it runs (${RUNNING_CLOUD_FLAGS.url.default})
  --token T     an admin's token (default: one of the local issuer's)
  --data DIR    the data folder that \`npm run dev\` was given (${DEFAULT_DATA_DIR})`;

interface RunningCloud {
  url: string;
  token?: string | undefined;
  data: string;
}

export function checkUrl({ url }: Pick<RunningCloud, "url">): void {
  if (!URL.canParse(url)) throw new Error(`--url ${url}: write it as http://127.0.0.1:8000`);
}

/** Calls a running cloud as an admin. */
export async function connectAsAdmin({ url, token, data }: RunningCloud): Promise<ApiClient> {
  const admin = claimsOf("admin@localhost", true);
  return createApiClient({
    url,
    token: token ?? (await (await createIssuer(resolve(data))).issueToken(admin)),
  });
}
