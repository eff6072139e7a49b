import { createServer } from "node:http";
import { createRequire } from "node:module";
import process from "node:process";
import { smoke } from "./smoke.mjs";

/** Serves a listener on loopback for as long as `use` takes. */
async function listen(listener, use) {
  const server = createServer((request, response) => {
    Promise.resolve(listener(request, response)).catch(() => response.destroy());
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    await use(`http://127.0.0.1:${server.address().port}`);
  } finally {
    server.closeAllConnections?.();
    server.close();
  }
}

const [url, token] = process.argv.slice(2);
const require = createRequire(import.meta.url);
console.log(JSON.stringify(await smoke({ upstash: { url, token }, listen, require })));
process.exit();
