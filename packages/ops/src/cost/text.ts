import { fixedCosts } from "./fixed.ts";
import type { Bill, CostAnswer } from "@algoitny/functions/cost/model";

const LABELS: Record<keyof Bill, string> = {
  gateway: "API Gateway",
  lambdaRequests: "Lambda, requests",
  lambdaTime: "Lambda, time",
  redis: "Upstash, commands",
  database: "DynamoDB, reads",
  logs: "CloudWatch, logs",
  total: "total",
};

const number = (value: number) => value.toLocaleString("en-US", { maximumFractionDigits: 1 });
const dollars = (value: number) => (value === 0 ? "–" : `$${value.toFixed(2)}`);

/** The answer as a table for a terminal. */
export function costText(answer: CostAnswer): string {
  const { region, requests, hit, readUnits, commands, gbSeconds, inside } = answer;
  const { cached, uncached } = answer;
  const row = (label: string, a: string, b: string) =>
    `${label.padEnd(22)}${a.padStart(14)}${b.padStart(14)}`;
  const bills = (Object.keys(LABELS) as (keyof Bill)[]).map((part) =>
    row(LABELS[part], dollars(cached[part]), dollars(uncached[part])),
  );
  const fixed = fixedCosts(region);
  return [
    `${number(requests)} reads, ${number(hit * 100)}% from the cache, ${number(readUnits)} read units a miss:`,
    `${number(commands)} Redis commands, ${number(gbSeconds)} GB-seconds.`,
    `If Upstash also bills commands inside of scripts: ${number(inside.commands)}, for ${dollars(inside.redis)}.`,
    "",
    row("", "with cache", "without"),
    ...bills,
    "",
    verdict(answer),
    `Prices of ${region}. In addition each month, in production: metrics ${dollars(fixed.metrics)}, alarms ${dollars(fixed.alarms)}, dashboard ${dollars(fixed.dashboard)}; the beat, in every stage, at most ${dollars(fixed.beat)}.`,
  ].join("\n");
}

function verdict(answer: CostAnswer): string {
  const { paysFromReadUnits, readUnits, cached, uncached, inside } = answer;
  if (paysFromReadUnits === Infinity) return "Without hits the cache costs money and saves none.";
  const pays = cached.total - cached.redis + inside.redis <= uncached.total;
  const from = `The cache pays for itself at ${number(paysFromReadUnits)} read units a request or more`;
  return paysFromReadUnits <= readUnits
    ? `${from}: here it does, ${pays ? "also" : "but not"} if Upstash bills commands inside of scripts.`
    : `${from}: here it makes answers faster and protects the database, but saves no money.`;
}
