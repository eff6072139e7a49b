import { bundling } from "../packages/functions/src/deployment/bundling.ts";
import { cacheSettings } from "./configuration.ts";
import { logStreams, requestLogStreams } from "./request-log.stack.ts";
import { isProduction, logRetention, serviceName } from "./stage.ts";

const LAMBDA_ALONE = aws.iam.assumeRolePolicyForPrincipal({ Service: "lambda.amazonaws.com" });

/** Without `logs:CreateLogGroup`, because the deployment creates the log groups. */
const LOG_ACTIONS = ["logs:CreateLogStream", "logs:PutLogEvents"];

/**
 * Actions that SST grants to the consumer of a queue, and that its event source mapping never uses.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html#events-sqs-permissions
 */
const UNUSED_ACTIONS = ["sqs:ChangeMessageVisibility", "sqs:GetQueueUrl"];

function withoutUnused<Permission extends { actions: string[] }>(
  permission: Permission,
): Permission {
  const actions = permission.actions.filter((action) => !UNUSED_ACTIONS.includes(action));
  return { ...permission, actions };
}

/** Settings of every function; functions.stack.ts has the time limit and memory of each. */
$transform(sst.aws.Function, (args) => {
  args.runtime = "nodejs24.x";
  // A fifth cheaper per GB-second than x86, and no native module requires x86.
  args.architecture = "arm64";
  const isShared = args.logging !== undefined;
  args.logging ??= { format: "json", retention: logRetention };
  args.environment = { POWERTOOLS_SERVICE_NAME: serviceName, ...cacheSettings };
  args.nodejs = bundling;
  args.permissions = $output(args.permissions ?? []).apply((given) => [
    ...given.map(withoutUnused),
    {
      actions: LOG_ACTIONS,
      resources: [
        isShared ? requestLogStreams : logStreams($interpolate`/aws/lambda/${args.name!}`),
      ],
    },
  ]);
  args.transform = {
    ...args.transform,
    role: (role) => {
      // SST evaluates `!dev` on a promise, so it always lets the whole account assume a function's role; only `sst dev` needs
      // that.
      if (!$dev) role.assumeRolePolicy = LAMBDA_ALONE;
      // Removes AWSLambdaBasicExecutionRole, which may write to every log group of the account.
      role.managedPolicyArns = [];
    },
    // Lambda's own three lines per invocation would double production's log, and its metrics contain the same facts.
    function: (settings) => {
      const systemLogLevel = isProduction ? "WARN" : "INFO";
      settings.loggingConfig = $output(settings.loggingConfig).apply((config) => ({
        ...config!,
        systemLogLevel,
      }));
    },
  };
});

// A link passes an address and grants no permission: functions/src/deployment/access.ts has each function's permissions.
sst.Linkable.wrap(sst.aws.Dynamo, (table) => ({ properties: { name: table.name } }));
sst.Linkable.wrap(sst.aws.Queue, (queue) => ({ properties: { url: queue.url } }));
