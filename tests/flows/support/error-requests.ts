import { expect } from "vitest";
import type { Json, World } from "../../support/people.ts";

const TITLES: Record<number, string> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  409: "Conflict",
  413: "Content Too Large",
  503: "Service Unavailable",
};

export interface Ask {
  method?: string;
  path: string;
  as?: "admin" | "ann";
  body?: unknown;
  headers?: Record<string, string>;
}

/** Sends a request; a string body is sent unchanged, any other as JSON. */
export function ask(
  world: World,
  { method = "GET", path, as, body, headers = {} }: Ask,
): Promise<Response> {
  return world.call(path, {
    method,
    headers,
    ...(as && { as: world[as].token }),
    ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
}

/** Error response as the client receives it. */
export async function errorOf(
  response: Response,
): Promise<{ status: number; type: string | null; caching: string | null; document: Json }> {
  const { status, headers } = response;
  return {
    status,
    type: headers.get("content-type"),
    caching: headers.get("cache-control"),
    document: await response.json(),
  };
}

/** Shape of every error of the contract. */
export function contractError(status: number): object {
  return {
    status,
    type: "application/json",
    caching: expect.stringContaining("no-cache"),
    document: expect.objectContaining({
      error: expect.stringMatching(/\w/),
      type: "about:blank",
      title: TITLES[status],
      status,
      detail: expect.stringMatching(/\w/),
    }),
  };
}
