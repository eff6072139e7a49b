import { smoke } from "./smoke.mjs";

export default {
  fetch: async (_request, { url, token }) =>
    Response.json(await smoke({ upstash: { url, token } })),
};
