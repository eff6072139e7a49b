import * as z from "zod";
import { unavailable } from "../endpoint/http-error.ts";

const TIMEOUT_MS = 3_000;

/** An address to which people are sent, or from which tokens come: https, or this machine. */
const Endpoint = z
  .url({ protocol: /^https?$/ })
  .refine(
    (text) => !text.startsWith("http:") || new URL(text).hostname === "127.0.0.1",
    "an issuer's endpoints need https",
  );

const Discovery = z.object({
  issuer: z.string(),
  authorization_endpoint: Endpoint,
  token_endpoint: Endpoint,
});

export type IssuerEndpoints = z.output<typeof Discovery>;

/**
 * Makes the reader of the issuer's endpoints. It fetches the discovery document once: the endpoints change only with
 * the issuer, and so with a deployment. It throws a 503 if the document cannot be fetched, or belongs to another issuer
 * (RFC 8414, 3.3), to which codes would be sent.
 */
export function createIssuerEndpoints(
  { issuer, discoveryUri }: { issuer: string; discoveryUri: string },
  request: typeof fetch = fetch,
): () => Promise<IssuerEndpoints> {
  let known: IssuerEndpoints | undefined;
  return async () => {
    try {
      if (known) return known;
      const found = Discovery.parse(await readJson(discoveryUri, request));
      if (found.issuer !== issuer)
        throw new Error(`the discovery document is that of ${found.issuer}, not of ${issuer}`);
      return (known = found);
    } catch (error) {
      throw unavailable("the token issuer cannot be reached; try again in a moment", error);
    }
  };
}

async function readJson(uri: string, request: typeof fetch): Promise<unknown> {
  const response = await request(uri, {
    redirect: "manual",
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (response.status !== 200)
    throw new Error(`the discovery document came with ${response.status}`);
  return response.json();
}
