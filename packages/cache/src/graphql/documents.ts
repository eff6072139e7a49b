import { createHash } from "node:crypto";
import type { DocumentNode, GraphQLError, GraphQLSchema, ValidationRule } from "graphql";
import type { Cache } from "../cache.ts";
import { defineResource } from "../define-resource.ts";
import type { Awaitable } from "../resource.ts";
import type { Plan } from "./plan.ts";
import { remember } from "../remember.ts";
import { graphqlJs } from "./graphql-js.ts";

/** A document that is valid for the schema. */
export interface KnownDocument {
  readonly text: string;
  readonly plans: readonly Plan[];
}

/** Errors of a document; `isSyntax` is true if the document cannot be parsed. */
export interface BadDocument {
  readonly isSyntax: boolean;
  readonly errors: readonly GraphQLError[];
}

export interface Documents {
  /** Parses and validates the text, unless this process remembers it; does not ask the cache. */
  ofText(text: string): Promise<KnownDocument | BadDocument>;
  /** The registered document with this hash; undefined if there is none. */
  ofHash(hash: string): Promise<KnownDocument | undefined>;
  /** Registers a document for all processes, for about a day. */
  register(text: string): Promise<KnownDocument | BadDocument>;
  /** The syntax tree, parsed again if this process does not remember it. */
  treeOf(text: string): Promise<DocumentNode>;
}

export interface DocumentOptions {
  readonly schema: () => Awaitable<GraphQLSchema>;
  readonly version: string;
  readonly name: string;
  readonly maxTokens: number;
  readonly rules: () => Awaitable<readonly ValidationRule[]>;
}

/** Highest number of documents that a process remembers, by their texts; the least recently used one is dropped first. */
const REMEMBERED = 1_000;

/**
 * Highest number of syntax trees that a process remembers: one of 1,000 tokens takes half a megabyte, and a few ms to
 * parse again.
 */
const REMEMBERED_TREES = 30;

/** Number of errors after which validation stops. */
const MOST_ERRORS = 20;

/** Hash by which clients name a document: SHA-256 of its text, in lower-case hexadecimal. */
export function hashOfText(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

export function isBad(document: KnownDocument | BadDocument): document is BadDocument {
  return "errors" in document;
}

export function createDocuments(
  cache: Pick<Cache, "get">,
  { schema, version, name, maxTokens, rules }: DocumentOptions,
): Documents {
  const known = new Map<string, KnownDocument>();
  const trees = new Map<string, DocumentNode>();
  const registered = defineResource({
    name: `${name}_documents`,
    version,
    key: ({ hash }: { hash: string; text?: string }) => ({ hash }),
    ttl: "1 day",
    // A remembered "not found" would prevent the document's registration.
    negativeTtl: false,
    enqueueRefresh: false,
    verify: false,
    load: async ({ text }) => {
      if (text === undefined) return undefined;
      const { plans } = (await ofText(text)) as KnownDocument;
      return { text, plans: plans.map((plan) => ({ ...plan })) } as unknown as { text: string };
    },
  });

  async function ofText(text: string): Promise<KnownDocument | BadDocument> {
    const found = known.get(text) ?? (await compile(text));
    return isBad(found) ? found : keep(found);
  }

  function keep(document: KnownDocument): KnownDocument {
    return remember(known, document.text, document, REMEMBERED);
  }

  async function compile(text: string): Promise<KnownDocument | BadDocument> {
    const { GraphQLError: Refusal, parse, specifiedRules, validate } = await graphqlJs();
    const { plansOf } = await import("./compile-document.ts");
    let tree: DocumentNode;
    try {
      tree = parse(text, { maxTokens });
    } catch (error) {
      if (error instanceof Refusal) return { isSyntax: true, errors: [error] };
      throw error;
    }
    const given = await schema();
    const all = [...specifiedRules, ...(await rules())];
    const errors = validate(given, tree, all, { maxErrors: MOST_ERRORS });
    if (errors.length > 0) return { isSyntax: false, errors };
    remember(trees, text, tree, REMEMBERED_TREES);
    return { text, plans: plansOf(given, tree) };
  }

  return {
    ofText,
    async ofHash(hash) {
      const found = (await cache.get(registered, { hash })) as KnownDocument | undefined;
      return found && keep(known.get(found.text) ?? found);
    },
    async register(text) {
      const document = await ofText(text);
      if (isBad(document)) return document;
      await cache.get(registered, { hash: hashOfText(text), text });
      return document;
    },
    async treeOf(text) {
      const tree = trees.get(text);
      if (tree) return remember(trees, text, tree, REMEMBERED_TREES);
      const { parse } = await graphqlJs();
      return remember(trees, text, parse(text), REMEMBERED_TREES);
    },
  };
}
