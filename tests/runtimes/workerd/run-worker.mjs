import { Miniflare } from "miniflare";

/** Runs a bundled worker in workerd once, and prints what it answers. */
const [scriptPath, url, token] = process.argv.slice(2);
const miniflare = new Miniflare({
  modules: [{ type: "ESModule", path: scriptPath }],
  compatibilityDate: "2026-07-01",
  compatibilityFlags: ["nodejs_compat"],
  bindings: { url, token },
});
try {
  console.log(await (await miniflare.dispatchFetch("http://localhost/")).text());
} finally {
  await miniflare.dispose();
}
