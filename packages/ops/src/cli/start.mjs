// `node start.mjs FILE …` runs a command's TypeScript file. Plain JavaScript, because an older Node cannot read TypeScript.
import module from "node:module";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [file = ""] = process.argv.splice(2, 1);
const [major = 0] = process.versions.node.split(".").map(Number);
if (major < 24) {
  console.error(
    `Node ${process.versions.node} is too old: this needs 24 or newer.\n` +
      `Run \`npm ci\`, which brings one, then the \`npm run\` command again, which uses it.`,
  );
  process.exit(1);
}
// The variable gives worker threads the compile cache's folder: Node keeps compiled code there, which halves the start
// time.
process.env.NODE_COMPILE_CACHE ??= module.enableCompileCache().directory ?? "";
await import(pathToFileURL(resolve(file)).href);
