/// <reference path="./.sst/platform/config.d.ts" />

export default $config({
  // Runs first: an invalid configuration is refused before SST contacts the account.
  async app({ stage }) {
    const { checkStageName } = await import("./stacks/stage-name.ts");
    const { readCacheSettings, readConfiguration } = await import("./stacks/variables.ts");
    const production = stage === "production";
    checkStageName(stage);
    readCacheSettings(process.env);
    const { AWS_REGION, AWS_ACCOUNT_ID } = readConfiguration(process.env, { production });
    return {
      name: "algoitny",
      home: "aws",
      // Production keeps its table, and `sst remove` refuses to run there; every other stage is removed as a whole.
      removal: production ? "retain" : "remove",
      protect: production,
      providers: {
        aws: {
          version: "7.20.0",
          ...(AWS_REGION && { region: AWS_REGION }),
          ...(AWS_ACCOUNT_ID && { allowedAccountIds: [AWS_ACCOUNT_ID] }),
        },
        "@upstash/pulumi": "0.5.0",
      },
    };
  },
  async run() {
    await import("./stacks/defaults.ts");
    await import("./stacks/table.stack.ts");
    await import("./stacks/api.stack.ts");
    await import("./stacks/edge.stack.ts");
    await import("./stacks/streams.stack.ts");
    await import("./stacks/schedules.stack.ts");
    await import("./stacks/consumers.stack.ts");
    await import("./stacks/alarms-api.stack.ts");
    await import("./stacks/alarms-background.stack.ts");
    await import("./stacks/dashboard.stack.ts");
    await import("./stacks/dev.stack.ts");
    const { api } = await import("./stacks/gateway-api.stack.ts");
    // `npm run ops` finds the stage by these outputs.
    return { stage: $app.stage, url: api.url };
  },
});
