/// <reference path="./.sst/platform/config.d.ts" />

export default $config({
  app: ({ stage }) => ({
    name: "algoitny",
    home: "aws",
    // Production keeps its table, and `sst remove` refuses to run there; every other stage goes away as a whole.
    removal: stage === "production" ? "retain" : "remove",
    protect: stage === "production",
    providers: { aws: "7.20.0", "@upstash/pulumi": "0.5.0" },
  }),
  async run() {
    await import("./stacks/defaults.ts");
    await import("./stacks/table.stack.ts");
    await import("./stacks/api.stack.ts");
    await import("./stacks/streams.stack.ts");
    await import("./stacks/schedules.stack.ts");
    await import("./stacks/consumers.stack.ts");
    await import("./stacks/alarms-api.stack.ts");
    await import("./stacks/alarms-background.stack.ts");
    await import("./stacks/dashboard.stack.ts");
    await import("./stacks/dev.stack.ts");
  },
});
