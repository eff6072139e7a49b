import {
  type FieldNode,
  type FragmentDefinitionNode,
  getNamedType,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  isAbstractType,
  isCompositeType,
  isUnionType,
  Kind,
  type SelectionSetNode,
  valueFromASTUntyped,
} from "graphql";
import type { AnyResource } from "../resource.ts";

/** Arguments of `@cacheControl` on a type or a field. */
interface Annotation {
  readonly maxAge?: number | undefined;
  readonly scope?: "PUBLIC" | "PRIVATE" | undefined;
  readonly inheritMaxAge?: boolean | undefined;
}

/** The strictest hint of the fields that an operation could reach. */
export interface Hints {
  readonly isPrivate: boolean;
  /** Infinity: no field has a lifetime. */
  readonly maxAgeMs: number;
}

/** Fragments of a document, by name. */
export type Fragments = ReadonlyMap<string, FragmentDefinitionNode>;

interface Walk {
  readonly schema: GraphQLSchema;
  readonly fragments: Fragments;
  readonly viewOf: (resolver: unknown) => AnyResource | undefined;
  readonly seen: Map<SelectionSetNode, Set<GraphQLNamedType>>;
  isPrivate: boolean;
  maxAgeMs: number;
}

/**
 * Scope and lifetime of an operation by the strictest field that it could reach: on every possible type of an interface
 * or union, ignoring `@skip` and `@include`. PRIVATE wins, and so does the lowest `maxAge`.
 */
export function hintsOf(
  root: GraphQLObjectType,
  selections: SelectionSetNode,
  given: Pick<Walk, "schema" | "fragments" | "viewOf">,
): Hints {
  const walk: Walk = { ...given, seen: new Map(), isPrivate: false, maxAgeMs: Infinity };
  visit(walk, root, selections, true);
  const { isPrivate, maxAgeMs } = walk;
  return { isPrivate, maxAgeMs };
}

function visit(walk: Walk, type: GraphQLNamedType, set: SelectionSetNode, isRoot: boolean): void {
  const seen = walk.seen.get(set) ?? new Set();
  walk.seen.set(set, seen);
  if (seen.has(type)) return;
  seen.add(type);
  for (const selection of set.selections) {
    if (selection.kind === Kind.FIELD) visitField(walk, type, selection, isRoot);
    else {
      const fragment =
        selection.kind === Kind.FRAGMENT_SPREAD
          ? walk.fragments.get(selection.name.value)
          : selection;
      const name = fragment?.typeCondition?.name.value;
      const narrowed = name === undefined ? type : walk.schema.getType(name);
      if (fragment && narrowed) visit(walk, narrowed, fragment.selectionSet, isRoot);
    }
  }
}

function visitField(walk: Walk, type: GraphQLNamedType, node: FieldNode, isRoot: boolean): void {
  const name = node.name.value;
  if (name === "__typename") return;
  // An answer with `__schema` or `__type` could live as long as the schema, but is not worth an entry.
  if (name.startsWith("__")) walk.maxAgeMs = 0;
  for (const field of fieldsCalled(walk, type, name)) {
    restrict(walk, field, isRoot);
    if (node.selectionSet) visit(walk, getNamedType(field.type), node.selectionSet, false);
  }
}

/** Definitions of a field whose hints apply: the type's own and, for an interface, those of all its object types. */
function fieldsCalled(
  { schema }: Walk,
  type: GraphQLNamedType,
  name: string,
): GraphQLField<unknown, unknown>[] {
  const own = isCompositeType(type) && !isUnionType(type) ? [type.getFields()[name]] : [];
  const possible = isAbstractType(type)
    ? schema.getPossibleTypes(type).map((each) => each.getFields()[name])
    : [];
  return [...own, ...possible].filter((field) => field !== undefined);
}

/**
 * Applies a field's hint as Apollo defines it: the field beats its type; root fields and fields of composite types default
 * to 0, scalars inherit. Beyond Apollo, the `ttl` of a view is its field's default and upper bound.
 */
function restrict(walk: Walk, field: GraphQLField<unknown, unknown>, isRoot: boolean): void {
  const target = getNamedType(field.type);
  const ofField = annotationOf(field);
  const ofType = isCompositeType(target) ? annotationOf(target) : {};
  const behind = isAbstractType(target)
    ? walk.schema.getPossibleTypes(target).map((each) => annotationOf(each))
    : [];
  const scope = ofField.scope ?? ofType.scope;
  if (scope === "PRIVATE" || behind.some((each) => each.scope === "PRIVATE")) walk.isPrivate = true;

  const view = walk.viewOf(field.resolve);
  const inherits =
    ofType.inheritMaxAge === true ||
    (ofField.inheritMaxAge === true && ofType.maxAge === undefined);
  const mustSay = isRoot || (isCompositeType(target) && !inherits);
  const said = ofField.maxAge ?? ofType.maxAge;
  const ages = [
    said ?? (view || !mustSay ? undefined : 0),
    view && view.freshMs / 1_000,
    ...behind.map((each) => each.maxAge),
  ];
  for (const age of ages)
    if (age !== undefined) walk.maxAgeMs = Math.min(walk.maxAgeMs, age * 1_000);
}

type Annotated = GraphQLCompositeType | GraphQLField<unknown, unknown>;

/**
 * From the directive in the SDL, including extensions of the type, or from `extensions.cacheControl` of a schema that is
 * made in code.
 */
function annotationOf(annotated: Annotated): Annotation {
  const extended = "extensionASTNodes" in annotated ? annotated.extensionASTNodes : [];
  const nodes = [annotated.astNode, ...extended].filter((node) => node != null);
  const directives = nodes
    .flatMap(({ directives: all = [] }) => all)
    .filter(({ name }) => name.value === "cacheControl");
  const written = directives.flatMap(({ arguments: given = [] }) =>
    given.map(({ name, value }) => [name.value, valueFromASTUntyped(value)]),
  );
  const inCode = annotated.extensions["cacheControl"] as Annotation | undefined;
  return { ...inCode, ...(Object.fromEntries(written) as Annotation) };
}
