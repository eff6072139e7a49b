import { pathToFileURL } from "node:url";
import type { HttpEvent, HttpResult } from "../endpoint/http-event.ts";
import { pageAnswer } from "../page/page-answer.ts";

/** Deployed beside the bundle (stacks/page.stack.ts); the local cloud builds the page elsewhere. */
const { OPS_PAGE_FOLDER: elsewhere } = process.env;
const folder =
  elsewhere === undefined ? new URL("page/", import.meta.url) : pathToFileURL(`${elsewhere}/`);

/**
 * `"GET /ops/"` and `"GET /ops/{file}"`: the dashboard's files, which are as public as its source. They count in no
 * metric.
 */
export async function handler({
  pathParameters,
  headers,
  requestContext,
}: HttpEvent): Promise<HttpResult> {
  const result = await pageAnswer(folder, {
    name: pathParameters?.["file"],
    acceptEncoding: headers["accept-encoding"],
  });
  return requestContext.http.method === "HEAD" ? { ...result, body: "" } : result;
}
