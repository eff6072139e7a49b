import { expect, test } from "vitest";
import { peer } from "../../../packages/cache/src/peer.ts";

const NAME = "@upstash/redis";

test.for([
  [`Cannot find package '${NAME}' imported from /app/upstash-client.js`], // Node
  [`Cannot find module '${NAME}'\nRequire stack:\n- /app/bundle.cjs`], // Node, CommonJS
  [`Cannot find package '${NAME}' from '/app/upstash-client.js'`], // Bun
  [`Import "${NAME}" not a dependency and not in import map`], // Deno
])(
  "the error for a missing package names it and the command that installs it: %j",
  async ([message]) => {
    const failing = () => Promise.reject(new Error(message));
    await expect(peer(NAME, failing, "store_misconfigured")).rejects.toMatchObject({
      code: "store_misconfigured",
      message: `store_misconfigured: ${NAME} is not installed: npm install ${NAME}`,
    });
  },
);

test("an error from within an installed package is passed on", async () => {
  const fault = new Error(`Cannot find package 'uncrypto' imported from /app/${NAME}/nodejs.mjs`);
  await expect(peer(NAME, () => Promise.reject(fault))).rejects.toBe(fault);
});
