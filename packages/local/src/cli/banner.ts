import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { schedules } from "@algoitny/functions/deployment/schedules";
import { DEFAULT_DATA_DIR } from "@algoitny/ops/cli/running-cloud";
import type { Cloud } from "../cloud.ts";
import { GRAPHIQL_PATH } from "../graphiql/graphiql-page.ts";
import { quoted } from "../shell-quoted.ts";

const ROOT = resolve(fileURLToPath(new URL("../../../../", import.meta.url)));

/**
 * Addresses, engines, and commands to paste into another terminal. The `curl` commands work in any folder, singly, in any order
 * and repeatedly: those with a token get a new one at each run, and the last one adds a problem with a new `problem_id`.
 */
export function banner(
  { url, tokens, engines, upstash, dynamodb }: Cloud,
  { dataDir, readyMs }: { dataDir: string; readyMs: number },
): string {
  const [schedule = "", ...others] = Object.keys(schedules);
  const data = dataDir === join(ROOT, DEFAULT_DATA_DIR) ? [] : ["--data", quoted(dataDir)];
  const command = (...words: string[]) =>
    [...words.slice(0, 1), ...flagsOf([...words.slice(1), ...data])].join(" ");
  const bearer = (...flags: string[]) =>
    `-H "Authorization: Bearer $(npm --prefix ${quoted(ROOT)} run -s ${command("token", ...flags)})"`;
  return `
  AlgoItny is ready (${(readyMs / 1_000).toFixed(1)} s)

  API        ${url}/api, described at ${url}/api/docs/
  GraphiQL   ${url}${GRAPHIQL_PATH}
  Dashboard  ${url}/ops/#token=${tokens.admin}
  Redis      ${engines.redis}, as Upstash at ${upstash.url}
  DynamoDB   ${engines.dynamodb} at ${dynamodb.endpoint}, table ${dynamodb.table}
  Data       ${dataDir}; each DynamoDB engine has its own data
  Schedules  ${[schedule, ...others].join(", ")}; to run one now: npm run ${command("fire", schedule)}
  Tokens     npm run -s ${command("token")}; an admin's: npm run -s ${command("token", "--admin")}

  To try in another terminal:

  A list: a miss at first (after a restart perhaps a hit), then a hit

  curl -iw '\\n' ${url}/api/problems/

  Statistics of the user whose token is sent

  curl -iw '\\n' ${url}/api/account/stats/ ${bearer()}

  A new problem: the list is invalidated, and begins with the problem when it is read again

  curl -iw '\\n' ${url}/api/problems/ ${bearer("--admin")} -H 'Content-Type: application/json' -d '{"platform":"demo","problem_id":"'"$(date +%s%N)"'","title":"A new problem","is_completed":true}'

  Ctrl-C stops everything. Requests follow, one per line; many at once share a line.
`;
}

/** Arguments of an npm script follow `--`. */
function flagsOf(words: readonly string[]): string[] {
  return words.length === 0 ? [] : ["--", ...words];
}

/** The banner as JSON, for programs. */
export function jsonBanner({ url, tokens, upstash, dynamodb }: Cloud): string {
  return JSON.stringify({
    url,
    tokens,
    upstash: { url: upstash.url, token: upstash.token },
    dynamodb,
  });
}
