import { Miniflare } from "miniflare";

/** Runs a bundled worker in workerd once, with a compatibility flag, and prints its answer. */
const [flag, scriptPath, url, token] = process.argv.slice(2);
const miniflare = new Miniflare({
  modules: [{ type: "ESModule", path: scriptPath }],
  compatibilityDate: "2026-07-01",
  compatibilityFlags: [flag],
  bindings: { url, token },
});
try {
  console.log(await (await miniflare.dispatchFetch("http://localhost/")).text());
} finally {
  await miniflare.dispose();
}
