import type { Inputs, Resource } from "./graph.ts";

/** Settings of a table apart from its items. No restore brings any of them back. */
export interface TableSettings {
  stream: boolean;
  ttl: string | undefined;
  pointInTimeRecovery: boolean;
  isProtected: boolean;
  tags: string;
}

const BARE: TableSettings = {
  stream: false,
  ttl: undefined,
  pointInTimeRecovery: false,
  isProtected: false,
  tags: "",
};

/** An account's tables as in DynamoDB, and one stage's table as in Pulumi's state. */
export interface RestoreModel {
  tables: Map<string, TableSettings>;
  /** Tables of which AWS has a system backup. */
  backups: string[];
  state: { name: string; settings: TableSettings } | undefined;
  /** Tables that are being created or changed: AWS refuses every other request for them until that has ended. */
  busy: Set<string>;
  /** Functions that must not run. */
  stopped: Set<string>;
}

/** The settings that a deployment wants, from the evaluated table and SST's default tags. */
export function settingsOf({ inputs }: Resource, stage: string): TableSettings {
  const ttl = inputs["ttl"] as { attributeName: string } | undefined;
  const recovery = inputs["pointInTimeRecovery"] as { enabled: boolean } | undefined;
  return {
    stream: inputs["streamEnabled"] === true,
    ttl: ttl?.attributeName,
    pointInTimeRecovery: recovery?.enabled === true,
    isProtected: inputs["deletionProtectionEnabled"] === true,
    tags: tagsText([
      { Key: "sst:app", Value: "algoitny" },
      { Key: "sst:stage", Value: stage },
    ]),
  };
}

const tagsText = (tags: { Key: string; Value: string }[]) =>
  tags.map(({ Key, Value }) => `${Key}=${Value}`).join(" ");

/**
 * Executes a typed command of AWS, or of SST with the table of its program; throws for a request that would be refused.
 * Sources: the API references of DynamoDB's operations; https://www.pulumi.com/docs/iac/cli/commands/pulumi_refresh/
 */
export function obey(model: RestoreModel, call: readonly string[], wanted: Resource): void {
  const [program, service, operation = "", ...rest] = call;
  if (program === "npx") return obeySst(model, operation, wanted);
  if (program !== "aws") return;
  const given = rest[0] === "--cli-input-json" ? (JSON.parse(rest[1] ?? "") as Inputs) : {};
  if (service === "lambda") {
    const name = String(given["FunctionName"]);
    if (given["ReservedConcurrentExecutions"] === 0) model.stopped.add(name);
    else model.stopped.delete(name);
  } else obeyDynamoDb(model, operation, given, rest);
}

function obeyDynamoDb(
  { tables, backups, busy }: RestoreModel,
  operation: string,
  given: Inputs,
  flags: readonly string[],
): void {
  const table = (name: unknown): TableSettings => {
    const found = tables.get(String(name));
    if (!found) throw new Error(`ResourceNotFoundException: ${String(name)}`);
    if (busy.has(String(name))) throw new Error(`ResourceInUseException: ${String(name)}`);
    return found;
  };
  const add = (name: unknown) => {
    if (tables.has(String(name))) throw new Error(`TableAlreadyExistsException: ${String(name)}`);
    tables.set(String(name), { ...BARE });
    busy.add(String(name));
  };
  switch (operation) {
    case "restore-table-to-point-in-time":
      if (!table(given["SourceTableName"]).pointInTimeRecovery)
        throw new Error("PointInTimeRecoveryUnavailableException");
      return add(given["TargetTableName"]);
    case "restore-table-from-backup":
      if (!backups.includes(flags[1] ?? "")) throw new Error("BackupNotFoundException");
      return add(flags[1]);
    case "update-table":
      if ("StreamSpecification" in given) table(given["TableName"]).stream = true;
      if ("DeletionProtectionEnabled" in given)
        table(given["TableName"]).isProtected = given["DeletionProtectionEnabled"] === true;
      busy.add(String(given["TableName"]));
      return;
    case "wait":
      busy.delete(flags.at(-1) ?? "");
      return;
    case "query":
      table(flags[1]);
      return;
    case "update-time-to-live": {
      const { AttributeName } = given["TimeToLiveSpecification"] as { AttributeName: string };
      table(given["TableName"]).ttl = AttributeName;
      return;
    }
    case "update-continuous-backups":
      table(given["TableName"]).pointInTimeRecovery = true;
      return;
    case "tag-resource":
      table(String(given["ResourceArn"]).split("/").at(-1)).tags = tagsText(
        given["Tags"] as { Key: string; Value: string }[],
      );
      return;
    case "delete-table":
      if (table(given["TableName"]).isProtected) throw new Error("it is protected");
      tables.delete(String(given["TableName"]));
      return;
    default:
  }
}

function obeySst(model: RestoreModel, command: string, wanted: Resource): void {
  if (command === "refresh" && model.state) {
    const actual = model.tables.get(model.state.name);
    model.state = actual && { name: model.state.name, settings: { ...actual } };
  }
  const name = String(wanted.inputs["name"]);
  if (model.busy.has(name)) throw new Error(`ResourceInUseException: ${name}`);
  if (command !== "deploy") return;
  const settings = settingsOf(wanted, "production");
  const actual = model.tables.get(name);
  if (wanted.importId !== "") {
    if (JSON.stringify(actual) !== JSON.stringify(settings))
      throw new Error("inputs to import do not match the existing resource");
  } else if (model.state?.name === name) {
    if (!actual) throw new Error("ResourceNotFoundException");
    // Pulumi compares with its state: settings that are right there are not changed.
    for (const key of Object.keys(settings) as (keyof TableSettings)[])
      if (model.state.settings[key] !== settings[key])
        Object.assign(actual, { [key]: settings[key] });
  } else {
    if (actual) throw new Error("ResourceInUseException");
    model.tables.set(name, { ...settings });
  }
  if (!model.tables.get(name)?.stream)
    throw new Error("the event source mapping is refused: stream is not enabled");
  model.state = { name, settings };
}
