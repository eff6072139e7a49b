import { cacheSettings } from "./configuration.ts";
import { isProduction, logRetention, serviceName } from "./stage.ts";

const LAMBDA_ALONE = aws.iam.assumeRolePolicyForPrincipal({ Service: "lambda.amazonaws.com" });

/** What holds for every function; each says its own time limit and memory in functions.ts. */
$transform(sst.aws.Function, (args) => {
  args.runtime = "nodejs24.x";
  // A fifth cheaper per GB-second than x86, and no native module stands in the way.
  args.architecture = "arm64";
  args.logging = { format: "json", retention: logRetention };
  args.environment = { POWERTOOLS_SERVICE_NAME: serviceName, ...cacheSettings };
  // Splitting keeps the AWS SDK in chunks of its own, which a hit never loads. Source maps are made and go to SST's
  // asset bucket beside the code: in the archive they would be four fifths of what a cold start has to fetch.
  args.nodejs = { format: "esm", minify: true, splitting: true };
  args.transform = {
    ...args.transform,
    // SST asks `!dev` of a promise, so that it always lets the whole account assume a function's role: only `sst dev` needs it.
    ...($dev ? {} : { role: { assumeRolePolicy: LAMBDA_ALONE } }),
    // Lambda's own three lines an invocation would double the log, and its metrics say the same.
    function: (settings) => {
      const systemLogLevel = isProduction ? "WARN" : "INFO";
      settings.loggingConfig = $output(settings.loggingConfig).apply((config) => ({
        ...config!,
        systemLogLevel,
      }));
    },
  };
});

// A link hands over an address and grants nothing: what each function may do is said in functions/src/deployment/access.ts.
sst.Linkable.wrap(sst.aws.Dynamo, (table) => ({ properties: { name: table.name } }));
sst.Linkable.wrap(sst.aws.Queue, (queue) => ({ properties: { url: queue.url } }));
