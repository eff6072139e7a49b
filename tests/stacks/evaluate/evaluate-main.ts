import { evaluate } from "./evaluate.ts";

// Pulumi writes out a stack trace for each of many thousand promises, and has every frame looked up in source maps:
// half of the time of an evaluation. Plain and short ones say as much when a stack is wrong.
Reflect.deleteProperty(Error, "prepareStackTrace");
Error.stackTraceLimit = 3;

// The event loop runs dry when every output has settled: only then is the graph complete.
const { app, resources } = await evaluate(JSON.parse(process.argv[2] ?? "{}"));
process.once("beforeExit", () => {
  process.stdout.write(JSON.stringify({ app, resources: resources() }));
});
