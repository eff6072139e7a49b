import {
  EDGE_RULES,
  type EdgeRule,
  ORIGIN_HEADER,
  WINDOW_SECONDS,
} from "../packages/functions/src/deployment/edge.ts";
import { configuration } from "./configuration.ts";
import { api } from "./gateway-api.stack.ts";
import { isProduction, serviceName } from "./stage.ts";

/**
 * Managed policies of CloudFront: no caching, because only a function knows whether an answer is current; every header is
 * forwarded except Host, by which API Gateway finds the API. Sources:
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html and
 * …/using-managed-origin-request-policies.html
 */
const CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";
const ALL_BUT_HOST = "b689b0a8-53d0-40ab-baf2-68738e2966ac";

const METHODS = ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"];

type Rules = NonNullable<aws.wafv2.WebAclArgs["rules"]>;

/** Requests that a rule counts, in the firewall's format. */
function scopeOf({ counts }: EdgeRule) {
  if (counts === "searches")
    return {
      sizeConstraintStatement: {
        fieldToMatch: { singleQueryArgument: { name: "search" } },
        comparisonOperator: "GT",
        size: 0,
        textTransformations: [{ priority: 0, type: "NONE" }],
      },
    };
  const operators = {
    byteMatchStatement: {
      fieldToMatch: { uriPath: {} },
      positionalConstraint: "STARTS_WITH",
      searchString: "/api/ops/",
      textTransformations: [{ priority: 0, type: "NONE" }],
    },
  };
  return counts === "operations" ? operators : { notStatement: { statements: [operators] } };
}

const metric = (name: string) => ({
  metricName: name,
  cloudwatchMetricsEnabled: true,
  // Samples would show headers, tokens among them.
  sampledRequestsEnabled: false,
});

const { EDGE: action, EDGE_SECRET: secret, API_DOMAIN: domain } = configuration;

/** CloudFront and a firewall in front of the API; undefined unless they are configured. */
export const edge =
  action === undefined || secret === undefined || domain === undefined
    ? undefined
    : makeEdge({ action, secret, domain });

function makeEdge({
  action: chosen,
  secret: header,
  domain: name,
}: {
  action: "count" | "block";
  secret: string;
  domain: string;
}) {
  const firewall = new aws.wafv2.WebAcl("EdgeFirewall", {
    // Firewalls of CloudFront can only be created in us-east-1.
    region: "us-east-1",
    scope: "CLOUDFRONT",
    defaultAction: { allow: {} },
    visibilityConfig: metric(`${serviceName}-edge`),
    rules: EDGE_RULES.map((rule, priority) => ({
      name: rule.name,
      priority,
      action: { [chosen]: {} },
      statement: {
        rateBasedStatement: {
          aggregateKeyType: "IP",
          evaluationWindowSec: WINDOW_SECONDS,
          limit: rule.limit,
          scopeDownStatement: scopeOf(rule),
        },
      },
      visibilityConfig: metric(`${serviceName}-edge-${rule.name}`),
    })) as Rules,
  });
  return new sst.aws.Cdn("EdgeCdn", {
    domain: name,
    webAclArn: firewall.arn,
    wait: isProduction,
    origins: [
      {
        originId: "api",
        domainName: api.nodes.api.apiEndpoint.apply((url) => new URL(url).hostname),
        customHeaders: [{ name: ORIGIN_HEADER, value: header }],
        customOriginConfig: {
          httpPort: 80,
          httpsPort: 443,
          originProtocolPolicy: "https-only",
          originSslProtocols: ["TLSv1.2"],
        },
      },
    ],
    defaultCacheBehavior: {
      targetOriginId: "api",
      viewerProtocolPolicy: "redirect-to-https",
      allowedMethods: METHODS,
      cachedMethods: ["GET", "HEAD"],
      compress: false,
      cachePolicyId: CACHING_DISABLED,
      originRequestPolicyId: ALL_BUT_HOST,
    },
  });
}
