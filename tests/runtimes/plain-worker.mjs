import { runCases, STORE_CASES } from "./smoke-stores.mjs";

/** A worker without any module of Node. */
export default {
  fetch: async (_request, { url, token }) =>
    Response.json(await runCases(STORE_CASES, { upstash: { url, token } })),
};
