import { once } from "./once.ts";

/** Environment variables: credentials and region, which Lambda sets, and addresses of services in the local cloud. */
export type AwsEnvironment = Readonly<Record<string, string | undefined>>;

export interface AwsJsonOptions {
  /** Service name for request signing: `sqs`, `monitoring`. */
  service: string;
  /** Service's name in the protocol, before the dot: `AmazonSQS`. */
  target: string;
  /** Time limit for an answer, including a second attempt. */
  timeoutMs: number;
}

const RETRIES = 1;

/**
 * Makes a function that calls an AWS service by its JSON protocol. Its first call loads a signer of 7 KB; the SDK's
 * clients would take 450 KB each. If the service's answer is not 2xx, the function rejects with an error that quotes it.
 */
export function createAwsJson(
  { service, target, timeoutMs }: AwsJsonOptions,
  env: AwsEnvironment = process.env,
): (url: URL | string, action: string, body: object) => Promise<unknown> {
  const signer = once(() => openSigner(service, env));
  return async (url, action, body) => {
    const aws = await signer();
    const response = await aws.fetch(url, {
      method: "POST",
      headers: {
        "content-type": "application/x-amz-json-1.0",
        "x-amz-target": `${target}.${action}`,
      },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(timeoutMs),
    });
    const answer = await response.text();
    if (response.ok) return JSON.parse(answer === "" ? "{}" : answer);
    throw new Error(`${target} answered ${response.status}: ${answer.slice(0, 200)}`);
  };
}

/** Opens a client whose `fetch` signs requests to a service; the first call loads the signer's code. */
export async function openSigner(service: string, env: AwsEnvironment = process.env) {
  const { AwsClient } = await import("aws4fetch");
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_REGION } = env;
  return new AwsClient({
    accessKeyId: AWS_ACCESS_KEY_ID ?? "",
    secretAccessKey: AWS_SECRET_ACCESS_KEY ?? "",
    ...(AWS_SESSION_TOKEN !== undefined && { sessionToken: AWS_SESSION_TOKEN }),
    service,
    region: AWS_REGION ?? "us-east-1",
    retries: RETRIES,
  });
}
