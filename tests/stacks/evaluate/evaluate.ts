/**
 * The program that runs SST's own platform code on `sst.config.ts`, with Pulumi's mocks in place of its engine.
 * Bundled by synth.ts (which is why it may import names that exist only there) and run in a separate process.
 */
import * as pulumi from "@pulumi/pulumi";
import { MockMonitor } from "@pulumi/pulumi/runtime/mocks.js";
import { run } from "sst-platform/run";
import config from "sst-config";
import { restoredTables } from "../../../stacks/restored-tables.ts";
import type { Inputs, Resource, SynthRequest } from "../support/graph.ts";

const ACCOUNT = "123456789012";
const REGION = "us-east-1";

export async function evaluate({ stage, dev, paths, restoredTables: adopted }: SynthRequest) {
  Object.assign(restoredTables, adopted);
  const app = { removal: "retain", protect: false, ...(await config.app({ stage })), stage };
  Object.assign(globalThis, {
    $app: app,
    $dev: dev,
    $cli: { command: dev ? "dev" : "deploy", dev, paths, state: { version: {} } },
  });

  const resources: Resource[] = [];
  const options = watchOptions();
  const registered = watchOutputs();
  await pulumi.runtime.setMocks({ newResource, call }, app.name, stage, false);
  await pulumi.runtime.runInPulumiStack(() => run(config.run));
  return {
    app,
    /** Complete when the event loop is empty. */
    resources: () => resources.map((each) => ({ ...each, outputs: registered.get(each.urn) })),
  };

  function newResource({ type, name, inputs }: pulumi.runtime.MockResourceArgs) {
    const urn = `${type}::${name}`;
    resources.push({ type, name, inputs: plain(inputs) as Inputs, urn, ...options.get(urn)! });
    return {
      id: `${inputs.name ?? name}_id`,
      state: { ...outputs(type, name, inputs), ...inputs },
    };
  }
}

type Options = Pick<Resource, "parent" | "dependsOn" | "protect" | "retainOnDelete" | "importId">;

/** Mocks see a resource's inputs; its options (parent, dependencies, protection) are in the request to their monitor. */
function watchOptions(): Map<string, Options> {
  const options = new Map<string, Options>();
  const { registerResource } = MockMonitor.prototype;
  MockMonitor.prototype.registerResource = function (request, callback) {
    options.set(`${request.getType()}::${request.getName()}`, {
      parent: shortUrn(request.getParent()),
      dependsOn: request.getDependenciesList().map(shortUrn),
      protect: request.getProtect(),
      retainOnDelete: request.getRetainondelete(),
      importId: request.getImportid(),
    });
    return registerResource.call(this, request, callback);
  };
  return options;
}

/** Outputs that components register for SST's CLI, by `type::name`. */
function watchOutputs(): Map<string, Inputs> {
  const registered = new Map<string, Inputs>();
  const { registerResourceOutputs } = MockMonitor.prototype;
  MockMonitor.prototype.registerResourceOutputs = function (request, callback) {
    const values = plain(request.getOutputs()?.toJavaScript() ?? {});
    registered.set(shortUrn(request.getUrn()), values as Inputs);
    return registerResourceOutputs.call(this, request, callback);
  };
  return registered;
}

/** Key by which Pulumi marks an object as a special value, such as a secret. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";

/**
 * The given inputs without Pulumi's marks: Pulumi marks everything of a function that depends on its environment as
 * secret, even its name.
 */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  if (SIGNATURE in value && "value" in value) return plain(value.value);
  const entries = Object.entries(value).map(([key, inner]) => [key, plain(inner)] as const);
  return Object.fromEntries(entries.filter(([, inner]) => inner !== null && inner !== undefined));
}

/** Outputs of AWS and Upstash, as far as the stacks read them. */
function outputs(type: string, logicalName: string, inputs: Record<string, unknown>) {
  const name = typeof inputs["name"] === "string" ? inputs["name"] : logicalName;
  const arn = (service: string) => `arn:aws:${service}:${REGION}:${ACCOUNT}:${name}`;
  const table = `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/${name}`;
  switch (type) {
    case "aws:dynamodb/table:Table":
      return {
        arn: table,
        streamArn: `${table}/stream/2026-01-01T00:00:00.000`,
        name,
      };
    case "aws:apigatewayv2/api:Api":
      return { apiEndpoint: "https://api.example", executionArn: arn("execute-api") };
    case "aws:lambda/function:Function":
      return { arn: arn("lambda"), invokeArn: arn("apigateway"), qualifiedArn: arn("lambda") };
    case "aws:sqs/queue:Queue":
      return {
        arn: arn("sqs"),
        url: `https://sqs.${REGION}.amazonaws.com/${ACCOUNT}/${name}`,
      };
    case "random:index/randomBytes:RandomBytes":
      return { base64: "ENCRYPTION-KEY-OF-LINKS" };
    case "upstash:index/redisDatabase:RedisDatabase":
      return { endpoint: "redis.example.upstash.io", restToken: "UPSTASH-REST-TOKEN" };
    case "aws:apigatewayv2/domainName:DomainName":
      return {
        domainNameConfiguration: { targetDomainName: "target.example", hostedZoneId: "Z0" },
      };
    case "aws:acm/certificate:Certificate":
      return { arn: arn("acm"), domainValidationOptions: [] };
    default:
      return { arn: arn(type.split(":")[1]?.split("/")[0] ?? type) };
  }
}

function call({ token, inputs }: pulumi.runtime.MockCallArgs): Record<string, unknown> {
  if (token.includes("getCallerIdentity")) return { accountId: ACCOUNT };
  if (token.includes("getRegion")) return { name: REGION, region: REGION };
  if (token.includes("getPartition")) return { partition: "aws" };
  if (token.includes("getZones")) return { ids: ["Z0"] };
  if (token.includes("getZone")) return { zoneId: "Z0", name: "example.com" };
  if (token.includes("getPolicyDocument")) return { ...inputs, json: policyJson(inputs) };
  return inputs;
}

/** In the provider's form: capital letters and lists. */
function policyJson({ statements = [] }: { statements?: Record<string, unknown>[] }): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: statements.map(
      ({ effect = "Allow", actions, resources, principals, conditions }) => ({
        Effect: effect,
        Action: actions,
        Resource: resources,
        ...(principals ? { Principal: principals } : {}),
        ...(conditions ? { Condition: conditions } : {}),
      }),
    ),
  });
}

/** `urn:pulumi:stage::app::parent$type::name` → `type::name`. */
function shortUrn(urn: string): string {
  const [type = "", name = ""] = urn.split("::").slice(-2);
  return `${type.split("$").at(-1)}::${name}`;
}
