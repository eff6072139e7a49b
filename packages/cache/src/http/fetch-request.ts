import type { Asked } from "./fields.ts";
import type { Reply } from "./create-reply.ts";
import { sendable } from "./representation.ts";

export function askedOfRequest({ method, headers }: Request): Asked {
  return { method, header: (name) => headers.get(name) ?? undefined };
}

type ResponseBody = ConstructorParameters<typeof Response>[0];

/** Writes an answer as a Response. */
export function responseOf({ status, headers, body }: Reply): Response {
  return new Response(sendable(body) as ResponseBody, { status, headers });
}
