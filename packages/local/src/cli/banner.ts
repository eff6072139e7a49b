import { schedules } from "@algoitny/functions/deployment/schedules";
import type { Cloud } from "../cloud.ts";

/** What a developer needs to begin: addresses, engines, tokens and something to try. */
export function banner(
  { url, engines, upstash, dynamodb, tokens }: Cloud,
  dataDir: string,
): string {
  return `
  AlgoItny is running.

  API        ${url}/api
  Redis      ${engines.redis}, as Upstash at ${upstash.url}
  DynamoDB   ${engines.dynamodb} at ${dynamodb.endpoint}, table ${dynamodb.table}
  Data       ${dataDir}
  Schedules  ${Object.keys(schedules).join(", ")} (now: npm run fire -- ${Object.keys(schedules)[0]} --url ${url})

  Tokens, good for 30 days (more: npm run token -- --email you@example.com [--admin])

  ADMIN=${tokens.admin}

  USER=${tokens.user}

  Try

  curl -i ${url}/api/problems/
  curl -i ${url}/api/account/stats/ -H "Authorization: Bearer $USER"
  curl -i ${url}/api/problems/ -H "Authorization: Bearer $ADMIN" -H 'Content-Type: application/json' -d '{"problem_url":"https://codeforces.com/contest/1/problem/A","title":"Theatre Square"}'

  Ctrl-C stops everything. Requests follow.
`;
}

/** The same for a program. */
export function jsonBanner({ url, tokens, upstash, dynamodb }: Cloud): string {
  return JSON.stringify({
    url,
    tokens,
    upstash: { url: upstash.url, token: upstash.token },
    dynamodb,
  });
}
