import { headerOf, type HttpRequest, type HttpResult } from "./event.ts";
import { negotiate } from "./negotiate.ts";
import { bodyOf, offerOf } from "./representation.ts";

/** JSON text that is not cached, in the coding that its client likes best; plain for one that refuses them all. */
export async function compressed(
  request: HttpRequest,
  text: string,
): Promise<Pick<HttpResult, "headers" | "body" | "isBase64Encoded">> {
  const plainLength = Buffer.byteLength(text);
  const plain = { header: { coding: "identity", kind: "json", plainLength }, body: text } as const;
  const accepted = headerOf(request.headers, "accept-encoding");
  const coding = negotiate(accepted, offerOf(plain)) ?? "identity";
  const headers = {
    "content-type": "application/json",
    ...(coding !== "identity" && { "content-encoding": coding }),
  };
  return { headers, ...(await bodyOf(plain, coding)) };
}
