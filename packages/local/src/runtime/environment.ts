import { FINEST_SECONDS } from "../cloudwatch/metric-store.ts";

/** Linked resources of a function by link name; `SST_RESOURCE_<Name>` holds each as JSON. */
export type Links = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** Settings of the developer's shell that would connect functions to a real account or change how they run. */
const NOT_INHERITED = /^(AWS_|SST_|NODE_OPTIONS$|VITEST)/;

/**
 * The environment of functions: this process's own without `NOT_INHERITED`, plus links, the addresses of the local services,
 * and an access key that AWS does not know.
 */
export function functionEnvironment(
  links: Links,
  endpoints: {
    dynamodb: string;
    sqs?: string;
    cloudwatch?: string;
    logs?: string;
    pageFolder?: string;
  },
  inherited: Readonly<NodeJS.ProcessEnv> = process.env,
): Record<string, string> {
  const kept = Object.entries(inherited).filter(([name]) => !NOT_INHERITED.test(name));
  const linked = Object.entries(links).map(([name, value]) => [
    `SST_RESOURCE_${name}`,
    JSON.stringify(value),
  ]);
  return {
    ...Object.fromEntries(kept),
    ...Object.fromEntries(linked),
    SST_RESOURCE_App: JSON.stringify({ name: "algoitny", stage: "local" }),
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
    AWS_ENDPOINT_URL_DYNAMODB: endpoints.dynamodb,
    AWS_ENDPOINT_URL_DYNAMODB_STREAMS: endpoints.dynamodb,
    ...(endpoints.sqs !== undefined && { AWS_ENDPOINT_URL_SQS: endpoints.sqs }),
    ...(endpoints.cloudwatch !== undefined && {
      AWS_ENDPOINT_URL_CLOUDWATCH: endpoints.cloudwatch,
      METRICS_PERIOD_SECONDS: String(FINEST_SECONDS),
    }),
    ...(endpoints.logs !== undefined && { AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: endpoints.logs }),
    ...(endpoints.pageFolder !== undefined && { OPS_PAGE_FOLDER: endpoints.pageFolder }),
    GRAPHQL_INTROSPECTION: "true",
    TZ: "UTC",
  };
}
