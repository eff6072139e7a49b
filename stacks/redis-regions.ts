/**
 * Regions of AWS in which Upstash has databases. Source: https://upstash.com/docs/redis/features/globaldatabase (list of
 * supported regions), November 2026.
 */
const UPSTASH_REGIONS = [
  "us-east-1",
  "us-east-2",
  "us-west-1",
  "us-west-2",
  "ca-central-1",
  "sa-east-1",
  "eu-west-1",
  "eu-west-2",
  "eu-central-1",
  "ap-south-1",
  "ap-northeast-1",
  "ap-southeast-1",
  "ap-southeast-2",
  "af-south-1",
];

/** A near region of Upstash for each region of AWS in which Upstash has no databases. */
const NEAR: Readonly<Record<string, string>> = {
  "ca-west-1": "us-west-2",
  "mx-central-1": "us-east-1",
  "eu-west-3": "eu-west-2",
  "eu-north-1": "eu-central-1",
  "eu-central-2": "eu-central-1",
  "eu-south-1": "eu-central-1",
  "eu-south-2": "eu-west-1",
  "il-central-1": "eu-central-1",
  "me-south-1": "ap-south-1",
  "me-central-1": "ap-south-1",
  "ap-south-2": "ap-south-1",
  "ap-east-1": "ap-southeast-1",
  "ap-east-2": "ap-northeast-1",
  "ap-northeast-2": "ap-northeast-1",
  "ap-northeast-3": "ap-northeast-1",
  "ap-southeast-3": "ap-southeast-1",
  "ap-southeast-4": "ap-southeast-2",
  "ap-southeast-5": "ap-southeast-1",
  "ap-southeast-6": "ap-southeast-2",
  "ap-southeast-7": "ap-southeast-1",
};

/** For a region in which Upstash has no databases, returns an error text that proposes another one; otherwise undefined. */
export function regionMistake(variable: string, region: string): string | undefined {
  if (UPSTASH_REGIONS.includes(region)) return undefined;
  const instead = NEAR[region]
    ? `${variable}=${NEAR[region]}, a near one`
    : `${variable}=<one of ${UPSTASH_REGIONS.join(", ")}>`;
  return `Upstash has no region ${region}: write ${instead}`;
}

/** Returns the mistakes in the regions of a database and its replicas, by variable. */
export function databaseMistakes(
  primary: string | undefined,
  replicas: readonly string[],
): { variable: string; message: string }[] {
  const unknown = [
    ...(primary === undefined ? [] : [["REDIS_REGION", primary] as const]),
    ...replicas.map((region) => ["REDIS_READ_REGIONS", region] as const),
  ].flatMap(([variable, region]) => {
    const message = regionMistake(variable, region);
    return message === undefined ? [] : [{ variable, message }];
  });
  const repeated = new Set(replicas).size < replicas.length || replicas.includes(primary ?? "");
  if (!repeated) return unknown;
  const message = `name each region once, and not ${primary ?? "the primary region"}, which has the database itself`;
  return [...unknown, { variable: "REDIS_READ_REGIONS", message }];
}
