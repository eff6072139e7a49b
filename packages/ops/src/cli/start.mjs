// `node start.mjs FILE …` runs a command's TypeScript file. Plain JavaScript, because an older Node cannot read TypeScript.
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
await import(pathToFileURL(resolve(file)).href);
