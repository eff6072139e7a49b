import { evaluate } from "./evaluate.ts";

// Pulumi records a stack trace for each of many thousand promises, and resolves every frame through source maps: half
// of the time of an evaluation. Short traces without source maps are as useful when a stack is wrong.
Reflect.deleteProperty(Error, "prepareStackTrace");
Error.stackTraceLimit = 3;

// The event loop is empty when every output has settled: only then is the graph complete.
const { app, resources } = await evaluate(JSON.parse(process.argv[2] ?? "{}"));
process.once("beforeExit", () => {
  process.stdout.write(JSON.stringify({ app, resources: resources() }));
});
