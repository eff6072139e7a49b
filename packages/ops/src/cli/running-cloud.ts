import { existsSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import * as z from "zod";
import { type ApiClient, createApiClient } from "../api-client.ts";

export const DEFAULT_DATA_DIR = ".data";

/** Flags of the commands that talk to a running cloud. */
export const RUNNING_CLOUD_FLAGS = {
  url: { type: "string" },
  token: { type: "string" },
  data: { type: "string", default: DEFAULT_DATA_DIR },
} as const;

export const RUNNING_CLOUD_USAGE = `  --url URL     the API (default: that of the \`npm run dev\` with this data folder)
  --token T     an admin's token (default: that of the cloud with this data folder)
  --data DIR    the data folder that \`npm run dev\` was given (${DEFAULT_DATA_DIR})`;

/** A running local cloud: the address of its API and an admin's token. */
export const RunningCloud = z.object({ url: z.url(), token: z.string().min(1) });
export type RunningCloud = z.output<typeof RunningCloud>;

interface RunningCloudFlags {
  url?: string | undefined;
  token?: string | undefined;
  data: string;
}

/** File in a data folder that contains its cloud's address and token. */
export const runningCloudFile = (dataDir: string) => join(resolve(dataDir), "running-cloud.json");

/**
 * Writes the cloud's address and token into its data folder, for other commands. Only its user may read the file; the
 * folder contains the key that signs such tokens anyway. Call the result when the cloud ends.
 */
export async function announceCloud(
  dataDir: string,
  cloud: RunningCloud,
): Promise<() => Promise<void>> {
  const file = runningCloudFile(dataDir);
  await writeFile(file, JSON.stringify(cloud), { mode: 0o600 });
  return () => rm(file, { force: true });
}

export function checkUrl({ url }: RunningCloudFlags): void {
  if (url !== undefined && !URL.canParse(url))
    throw new Error(`--url ${url}: write it as http://127.0.0.1:8000`);
}

/**
 * Returns a client that calls a running cloud as an admin. Throws if none runs over the data folder, unless the flags give
 * both the address and the token.
 */
export async function connectAsAdmin(flags: RunningCloudFlags): Promise<ApiClient> {
  const tokenAdvice = "give an admin's token with --token";
  return createApiClient({ ...(await addressOf(flags)), tokenAdvice });
}

/** Address and admin's token of the cloud that the flags name. Throws as `connectAsAdmin` does. */
export async function addressOf({ url, token, data }: RunningCloudFlags): Promise<RunningCloud> {
  if (url !== undefined && token !== undefined) return { url, token };
  const running = await readRunningCloud(data);
  return { url: url ?? running.url, token: token ?? running.token };
}

async function readRunningCloud(dataDir: string): Promise<RunningCloud> {
  const file = runningCloudFile(dataDir);
  if (!existsSync(file)) {
    throw new Error(
      `no local cloud runs over ${resolve(dataDir)}: start it with \`npm run dev\`, name its folder with --data, or give --url and --token`,
    );
  }
  try {
    return RunningCloud.parse(JSON.parse(await readFile(file, "utf8")));
  } catch (error) {
    throw new Error(`${file} cannot be read: give --url and --token`, { cause: error });
  }
}
