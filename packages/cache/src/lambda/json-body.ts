import { refuse } from "../errors.ts";
import { describe } from "../faults.ts";
import { negotiate } from "../http/negotiate.ts";
import { contentOf, offerOf } from "../http/representation.ts";
import { askedOf, type LambdaEvent } from "./lambda-event.ts";
import { bodyOf, type LambdaResult } from "./lambda-result.ts";

/** JSON text that is not cached, in the coding that the client prefers; uncompressed if the client refuses all codings. */
export async function compressed(
  event: LambdaEvent,
  text: string,
): Promise<Pick<LambdaResult, "headers" | "body" | "isBase64Encoded">> {
  if (typeof text !== "string")
    refuse(`compressed: argument 2 is ${describe(text)}: pass text, as in JSON.stringify(value)`);
  const plainLength = Buffer.byteLength(text);
  const plain = { header: { coding: "identity", kind: "json", plainLength }, body: text } as const;
  const accepted = (await askedOf(event)).header("accept-encoding");
  const coding = negotiate(accepted, offerOf(plain)) ?? "identity";
  const headers = {
    "content-type": "application/json",
    ...(coding !== "identity" && { "content-encoding": coding }),
  };
  return { headers, ...bodyOf(await contentOf(plain, coding), coding !== "identity") };
}
