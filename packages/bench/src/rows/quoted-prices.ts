import type { Table } from "../result.ts";

interface Price {
  readonly what: string;
  /** Price of a million units or of an hour: see `per`. */
  readonly dollars: number;
  readonly per: "million" | "hour";
  /** Page where it was read, and the date that the page gives for it. */
  readonly source: string;
  readonly asOf: string;
}

const AWS_COSTS =
  "https://docs.aws.amazon.com/whitepapers/latest/best-practices-api-gateway-private-apis-integration/cost-optimization.html";
const VALKEY =
  "https://www.usage.ai/blogs/aws/database-savings-plans/elasticache/serverless-pricing/";

/** Prices in US dollars of us-east-1. */
export const PRICES = {
  command: {
    what: "Upstash, pay as you go: commands",
    dollars: 2,
    per: "million",
    source: "https://upstash.com/docs/redis/overall/billing",
    asOf: "read in 2026; the page has no date",
  },
  readUnit: {
    what: "DynamoDB on demand: read units",
    dollars: 0.125,
    per: "million",
    source: "https://airbyte.com/data-engineering-resources/dynamodb-pricing",
    asOf: "July 2025; the price has held since November 2024",
  },
  restApi: {
    what: "API Gateway, REST API: requests",
    dollars: 3.5,
    per: "million",
    source: AWS_COSTS,
    asOf: "the page has no date",
  },
  httpApi: {
    what: "API Gateway, HTTP API: requests",
    dollars: 1,
    per: "million",
    source: AWS_COSTS,
    asOf: "the page has no date",
  },
  stageCacheHour: {
    what: "API Gateway, cache of a stage, 0.5 GB",
    dollars: 0.02,
    per: "hour",
    source: "https://awsforengineers.com/blog/aws-api-gateway-pricing-explained",
    asOf: "May 2025",
  },
  daxNodeHour: {
    what: "DAX, a node of dax.t3.small",
    dollars: 0.04,
    per: "hour",
    source: "https://www.usage.ai/blog/aws-reserved-instances-dynamodb-dax-pricing",
    asOf: "April 2026",
  },
  valkeyGbHour: {
    what: "ElastiCache Serverless, Valkey: a GB",
    dollars: 0.084,
    per: "hour",
    source: VALKEY,
    asOf: "June 2026",
  },
  valkeyUnit: {
    what: "ElastiCache Serverless, Valkey: units of 1 KB",
    dollars: 0.0023,
    per: "million",
    source: VALKEY,
    asOf: "June 2026",
  },
  cloudFront: {
    what: "CloudFront: requests, up to 10 million a month",
    dollars: 0,
    per: "million",
    source: "https://aws.amazon.com/cloudfront/pricing",
    asOf: "the page has no date",
  },
} as const satisfies Record<string, Price>;

/** The prices with their sources: web pages, not AWS's price list API. */
export function pricesTable(): Table {
  return {
    title: "Prices and their sources",
    notes: [
      "US dollars, us-east-1. No page with the price above CloudFront's free requests was found, so larger volumes are not compared.",
    ],
    columns: ["", "$", "for", "as of", "page"],
    rows: Object.values(PRICES).map(({ what, dollars, per, asOf, source }) => [
      what,
      String(dollars),
      per === "million" ? "a million" : "an hour",
      asOf,
      source,
    ]),
  };
}
