import { createHash } from "node:crypto";
import {
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  print,
  valueFromASTUntyped,
  visit,
} from "graphql";
import { type Fragments, hintsOf } from "./hints.ts";
import type { Plan, PlannedVariable } from "./plan.ts";
import { viewOf } from "./view-resolver.ts";

/** Plans of all operations of a document that is valid for the schema. */
export function plansOf(schema: GraphQLSchema, document: DocumentNode): Plan[] {
  const fragments = new Map(
    document.definitions
      .filter((each) => each.kind === Kind.FRAGMENT_DEFINITION)
      .map((each) => [each.name.value, each]),
  );
  return document.definitions
    .filter((each) => each.kind === Kind.OPERATION_DEFINITION)
    .map((operation) => planOf(schema, operation, fragments));
}

function planOf(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  fragments: Fragments,
): Plan {
  const root = schema.getRootType(operation.operation);
  const hints = root
    ? hintsOf(root, operation.selectionSet, { schema, fragments, viewOf })
    : { isPrivate: true, maxAgeMs: 0 };
  const isStored = operation.operation === OperationTypeNode.QUERY && hints.maxAgeMs < Infinity;
  return {
    name: operation.name?.value ?? null,
    kind: operation.operation,
    id: hashOf(normalised(operation, fragments)),
    isPrivate: hints.isPrivate,
    maxAgeMs: isStored ? hints.maxAgeMs : 0,
    variables: (operation.variableDefinitions ?? [])
      .map(({ variable, defaultValue }): PlannedVariable => ({
        name: variable.name.value,
        ...(defaultValue && { fallback: { value: valueFromASTUntyped(defaultValue) } }),
      }))
      .toSorted(byName),
  };
}

function byName(left: { name: string }, right: { name: string }): number {
  return left.name < right.name ? -1 : 1;
}

/**
 * Normalised text of an operation: without its name, without unused fragments, fragments and variables sorted. Fields
 * stay in their order, which is that of the response.
 */
function normalised(operation: OperationDefinitionNode, fragments: Fragments): string {
  const { name: _name, variableDefinitions = [], ...rest } = operation;
  const used = new Map<string, FragmentDefinitionNode>();
  collect(operation);
  const variables = variableDefinitions.toSorted((a, b) =>
    byName({ name: a.variable.name.value }, { name: b.variable.name.value }),
  );
  const sorted = [...used].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each);
  const definitions = [{ ...rest, variableDefinitions: variables }, ...sorted];
  return print({ kind: Kind.DOCUMENT, definitions });

  function collect(node: OperationDefinitionNode | FragmentDefinitionNode): void {
    visit(node, {
      FragmentSpread({ name }) {
        const fragment = fragments.get(name.value);
        if (fragment === undefined || used.has(name.value)) return;
        used.set(name.value, fragment);
        collect(fragment);
      },
    });
  }
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("base64url");
}
