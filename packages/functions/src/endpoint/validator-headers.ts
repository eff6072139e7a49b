import { MODIFIED_HEADER, TAG_HEADER } from "@algoitny/core/validators";

/** Last-Modified of a view, from the headers in which it stores its validators. */
export function lastModified(headers: Readonly<Record<string, string>>): Record<string, string> {
  const { [MODIFIED_HEADER]: date } = headers;
  return date === undefined ? {} : { "last-modified": date };
}

/** ETag and Last-Modified of an item that a write answers with. */
export function validatorHeaders(headers: Readonly<Record<string, string>>) {
  const { [TAG_HEADER]: tag } = headers;
  return { ...(tag !== undefined && { etag: `"${tag}"` }), ...lastModified(headers) };
}
