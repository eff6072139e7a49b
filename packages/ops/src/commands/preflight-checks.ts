import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { parseEnv, promisify } from "node:util";
import * as z from "zod";
import {
  checkSecrets,
  readCacheSettings,
  readConfiguration,
} from "../../../../stacks/variables.ts";
import { explain } from "../cli/explain.ts";

interface CheckResult {
  name: string;
  result: "ok" | "fault" | "skipped";
  says: string;
}

/** Parts of the stage and its environment that a check reads. */
interface Scene {
  stage: string;
  folder: string;
  /** Environment of the deployment: variables of the shell override those of `.env.<stage>`, as in SST. */
  env: Readonly<Record<string, string | undefined>>;
}

type Check = (scene: Scene) => Promise<string>;

/** Thrown by a check that cannot run here; the message says what it needs. */
class Skipped extends Error {}

const run = promisify(execFile);

const TIMEOUT_MS = 5_000;

/** More than the sum of the concurrent executions that production reserves and the 100 that AWS keeps unreserved: docs/deploy.md. */
const LEAST_CONCURRENCY = 200;

const Discovery = z.object({ issuer: z.string(), jwks_uri: z.url() });
const Account = z.object({ AccountLimit: z.object({ ConcurrentExecutions: z.number() }) });

const isProduction = ({ stage }: Scene) => stage === "production";

/** docs/deploy.md's checklist, as far as it can be checked before a deployment. */
const checks: Readonly<Record<string, Check>> = {
  async "git status"({ folder }) {
    const { stdout } = await run("git", ["status", "--porcelain"], { cwd: folder });
    const changed = stdout.split("\n").filter((line) => line !== "");
    if (changed.length > 0)
      throw new Error(`not committed: ${changed.slice(0, 5).join(", ")} (${changed.length})`);
    return "clean";
  },
  async variables(scene) {
    readCacheSettings(scene.env);
    readConfiguration(scene.env, { production: isProduction(scene) });
    return `valid for ${scene.stage}`;
  },
  async credentials({ env }) {
    const source = credentialsIn(env);
    if (source === undefined)
      throw new Error(
        "AWS credentials are not found: set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
      );
    return `AWS credentials of ${source}`;
  },
  async regions({ env: { AWS_REGION: functions, REDIS_REGION: redis } }) {
    if (!redis || !functions) return "Redis is created in the functions' region";
    if (redis !== functions)
      throw new Error(
        `REDIS_REGION ${redis} is not AWS_REGION ${functions}: each hit crosses regions`,
      );
    return functions;
  },
  async secrets({ env, stage }) {
    if (env["UPSTASH_API_KEY"]) return "the stage's own Upstash database";
    if (!env["SST_SECRET_RedisUrl"])
      throw new Skipped(
        `look at \`npx sst secret list --stage ${stage}\`: RedisUrl and RedisToken`,
      );
    checkSecrets(env, stage);
    return "RedisUrl and RedisToken are set";
  },
  async issuer({ env: { AUTH_ISSUER: issuer = "cognito", AUTH_JWKS_URI: keysUri } }) {
    if (issuer === "cognito" || issuer === "") return "the stage's own user pool";
    const document = await readJson(
      `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`,
    );
    const { issuer: named, jwks_uri: published } = Discovery.parse(document);
    if (named !== issuer)
      throw new Error(
        `its discovery document names ${named}: AUTH_ISSUER must be the same, to the last slash`,
      );
    const { keys } = z
      .object({ keys: z.array(z.unknown()) })
      .parse(await readJson(keysUri || published));
    if (keys.length === 0) throw new Error("it publishes no key");
    return keys.length === 1 ? "1 key" : `${keys.length} keys`;
  },
  async "sign-in of operators"({
    env: { AUTH_ISSUER: issuer = "cognito", OPS_CLIENT_ID: client },
  }) {
    if (issuer === "cognito" || issuer === "") return "by the user pool";
    if (!client) throw new Skipped("without OPS_CLIENT_ID operators paste tokens");
    return client;
  },
  async "Lambda concurrency"(scene) {
    const { env } = scene;
    if (!isProduction(scene)) return "only production reserves concurrency";
    if (!env["AWS_ACCESS_KEY_ID"]) throw new Skipped("needs AWS_ACCESS_KEY_ID");
    const { AwsClient } = await import("aws4fetch");
    const {
      AWS_ACCESS_KEY_ID,
      AWS_SECRET_ACCESS_KEY = "",
      AWS_SESSION_TOKEN,
      AWS_REGION: region,
    } = env;
    const aws = new AwsClient({
      accessKeyId: AWS_ACCESS_KEY_ID ?? "",
      secretAccessKey: AWS_SECRET_ACCESS_KEY,
      ...(AWS_SESSION_TOKEN && { sessionToken: AWS_SESSION_TOKEN }),
      service: "lambda",
    });
    const host = env["AWS_ENDPOINT_URL_LAMBDA"] ?? `https://lambda.${region}.amazonaws.com`;
    const response = await aws.fetch(`${host}/2016-08-19/account-settings/`);
    const { AccountLimit: limit } = Account.parse(await response.json());
    if (limit.ConcurrentExecutions < LEAST_CONCURRENCY)
      throw new Error(
        `${limit.ConcurrentExecutions} at once: raise it to ${LEAST_CONCURRENCY} (Service Quotas, Lambda, Concurrent executions)`,
      );
    return `${limit.ConcurrentExecutions} at once`;
  },
};

/** Source of AWS credentials, one of those that the SDK's default chain searches; undefined if there is none on this machine. */
function credentialsIn(env: Scene["env"]): string | undefined {
  if (env["AWS_ACCESS_KEY_ID"] && env["AWS_SECRET_ACCESS_KEY"]) return "the environment";
  const variables = ["AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_FULL_URI"];
  const [variable] = ["AWS_PROFILE", ...variables].filter((name) => env[name]);
  if (variable !== undefined) return variable;
  const folder = join(env["HOME"] ?? homedir(), ".aws");
  const files = [
    env["AWS_SHARED_CREDENTIALS_FILE"] ?? join(folder, "credentials"),
    env["AWS_CONFIG_FILE"] ?? join(folder, "config"),
  ];
  return files.find((file) => existsSync(file));
}

async function readJson(url: string): Promise<unknown> {
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) }).catch(
    (cause: unknown) => {
      throw new Error(`${url} does not answer`, { cause });
    },
  );
  if (response.status !== 200) throw new Error(`${url} answers ${response.status}`);
  return response.json();
}

/** Runs every check of the stage. `shell` is the environment that overrides the files' variables. */
export async function preflightChecks(
  stage: string,
  folder: string,
  shell: Scene["env"],
): Promise<CheckResult[]> {
  const scene = { stage, folder, env: { ...readEnvFiles(folder, stage), ...shell } };
  return Promise.all(
    Object.entries(checks).map(async ([name, check]): Promise<CheckResult> => {
      try {
        return { name, result: "ok", says: await check(scene) };
      } catch (error) {
        const says = explain(error).replaceAll("\n", " ");
        return { name, result: error instanceof Skipped ? "skipped" : "fault", says };
      }
    }),
  );
}

function readEnvFiles(folder: string, stage: string): NodeJS.Dict<string> {
  const files = [".env", `.env.${stage}`].map((name) => join(folder, name));
  const texts = files.filter((file) => existsSync(file)).map((file) => readFileSync(file, "utf8"));
  return Object.assign({}, ...texts.map((text) => parseEnv(text))) as NodeJS.Dict<string>;
}
