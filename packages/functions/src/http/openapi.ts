import { staticEndpoint } from "../endpoint/static-endpoint.ts";

/** The OpenAPI document, made from the tables of this very bundle, so it is never older than the handlers. */
export const handler = staticEndpoint("GET /api/openapi.json/", async () => {
  const { buildDocument } = await import("../openapi/api-document.ts");
  return { contentType: "application/json", text: JSON.stringify(buildDocument()) };
});
