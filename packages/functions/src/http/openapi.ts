import { staticEndpoint } from "../endpoint/static-endpoint.ts";

/** The document, made of the tables of this very bundle: it cannot be older than the handlers. */
export const handler = staticEndpoint("GET /api/openapi.json/", async () => {
  const { buildDocument } = await import("../openapi/api-document.ts");
  return { contentType: "application/json", text: JSON.stringify(buildDocument()) };
});
