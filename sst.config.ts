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
    await import("./stacks/table.ts");
    await import("./stacks/api.ts");
    await import("./stacks/streams.ts");
    await import("./stacks/schedules.ts");
    await import("./stacks/consumers.ts");
    await import("./stacks/alarms-api.ts");
    await import("./stacks/alarms-background.ts");
    await import("./stacks/dashboard.ts");
    await import("./stacks/dev.ts");
  },
});
