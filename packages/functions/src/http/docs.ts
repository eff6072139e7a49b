import { staticEndpoint } from "../endpoint/static-endpoint.ts";

/** The OpenAPI document as a page for people. */
export const handler = staticEndpoint("GET /api/docs/", async () => {
  const [{ buildDocument }, { PAGE_POLICY, renderPage }] = await Promise.all([
    import("../openapi/api-document.ts"),
    import("../openapi/api-page.ts"),
  ]);
  return {
    contentType: "text/html; charset=utf-8",
    text: renderPage(buildDocument()),
    headers: { "content-security-policy": PAGE_POLICY, "referrer-policy": "no-referrer" },
  };
});
