import { type Codec, documentValue, plainValue } from "./key-value.ts";

/** Parameters of a request, an answer, or a part of either, of any operation. */
// oxlint-disable-next-line typescript/no-explicit-any -- each operation has its own
export type Input = any;

/** A command of the AWS SDK, of the document client or the plain one. */
export interface Command {
  readonly input: Input;
  readonly schema?: unknown;
  readonly clientCommand?: { readonly schema?: unknown };
}

/** A client of the AWS SDK. */
export interface Client {
  send: (...args: never[]) => unknown;
}

/** Sends a command with the client that was passed to `recorder`. */
export type Send = (command: Command, ...rest: unknown[]) => Promise<Input>;

const READS = ["GetItem", "BatchGetItem", "TransactGetItems", "Query", "Scan"] as const;
const WRITES = [
  "PutItem",
  "UpdateItem",
  "DeleteItem",
  "BatchWriteItem",
  "TransactWriteItems",
] as const;

export type ReadOperation = (typeof READS)[number];
export type WriteOperation = (typeof WRITES)[number];

export interface Parsed {
  /** The operation's name in DynamoDB's model. */
  readonly operation: string;
  readonly codec: Codec;
  readonly isDocument: boolean;
}

/** The operation of a command: its schema names it, even after a bundler has renamed the classes. */
export function parse(command: Command): Parsed {
  const isDocument = command.clientCommand !== undefined;
  const schema = command.schema ?? command.clientCommand?.schema;
  const named = Array.isArray(schema) && typeof schema[2] === "string" ? schema[2] : undefined;
  const operation = named ?? SHORT[classOf(command)] ?? classOf(command).replace(/Command$/, "");
  return { operation, isDocument, codec: isDocument ? documentValue : plainValue };
}

function classOf(command: object): string {
  return command.constructor.name;
}

/** Operations of the document client's classes, whose names are shorter. */
const SHORT: Readonly<Record<string, string>> = {
  GetCommand: "GetItem",
  BatchGetCommand: "BatchGetItem",
  TransactGetCommand: "TransactGetItems",
  PutCommand: "PutItem",
  UpdateCommand: "UpdateItem",
  DeleteCommand: "DeleteItem",
  BatchWriteCommand: "BatchWriteItem",
  TransactWriteCommand: "TransactWriteItems",
};

export function isRead(operation: string): operation is ReadOperation {
  return (READS as readonly string[]).includes(operation);
}

export function isWrite(operation: string): operation is WriteOperation {
  return (WRITES as readonly string[]).includes(operation);
}

/** True for a PartiQL request with a statement that does more than read. */
export function isStatementWrite(operation: string, input: Input): boolean {
  if (!/^(?:Execute|BatchExecute)/.test(operation)) return false;
  const statements: readonly { Statement?: string }[] = input?.Statements ??
    input?.TransactStatements ?? [input];
  return statements.some(({ Statement }) => !/^\s*(?:select|exists)\b/i.test(Statement ?? ""));
}

/** The same command, including its middleware, with other parameters. */
export function withInput(command: Command, input: Input): Command {
  const { clientCommand } = command;
  const own = { input: { value: input, enumerable: true } };
  // A document client's command wraps one of the plain client, which would send its own parameters.
  const inner = clientCommand && { value: Object.create(clientCommand, own) };
  return Object.create(command, { ...own, ...(inner && { clientCommand: inner }) });
}
