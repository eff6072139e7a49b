// `node start.mjs COMMAND …` runs COMMAND.ts of this folder. Plain JavaScript, as an older Node cannot even read the
// TypeScript that it would say this in.
const [command = ""] = process.argv.splice(2, 1);
const [major = 0] = process.versions.node.split(".").map(Number);
if (major < 24) {
  console.error(
    `Node ${process.versions.node} is too old: this needs 24 or newer.\n` +
      `Run \`npm ci\`, which brings one, then \`npm run ${command}\`, which uses it.`,
  );
  process.exit(1);
}
await import(new URL(`./${command}.ts`, import.meta.url).href);
