import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** TypeScript in a document: a code block of a page, or the example of a docstring. */
export interface Snippet {
  /** Path within the package, and the line where the snippet begins. */
  readonly from: string;
  readonly code: string;
}

/** Imports for the examples of docstrings: the exports that they use without an import. */
const IMPORTS = `import { Cache, cacheMethod, cacheQuery, defineResource, defineTags, Loaded, MemoryStore, subscribe, withOwnStamp } from "@algoitny/cache";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, GetCommand } from "@aws-sdk/lib-dynamodb";
import { recorder, streamHandler } from "@algoitny/cache/dynamodb";
import { change, createGraphQLCache, createLoader, createSchema, fetchGraphQL, view } from "@algoitny/cache/graphql";
import { cacheFetch, toResponse } from "@algoitny/cache/http";
import { cacheResponse } from "@algoitny/cache/lambda";
import { sendResponse, toListener } from "@algoitny/cache/node";
import { createRedisStore } from "@algoitny/cache/redis";
import { createScriptedStore } from "@algoitny/cache/store";
import { loadsTheSame, overNetwork, TestStore, testStore } from "@algoitny/cache/testing";
import { Scheduler, seededChoices } from "@algoitny/cache/testing/explore";
import { createUpstashStore } from "@algoitny/cache/upstash";
`;

/** Every block of TypeScript in the pages of the package, except api.md, and every example of its docstrings. */
export function snippetsOf(root: string): Snippet[] {
  const pages = globSync("{README.md,docs/**/*.md}", { cwd: root }).filter(
    (file) => file !== join("docs", "api.md"),
  );
  const sources = globSync("src/**/*.ts", { cwd: root });
  return [
    ...pages.flatMap((file) => found(root, file, /^```ts\n(.*?)^```/gms, (code) => code)),
    ...sources.flatMap((file) =>
      found(root, file, /@example\n(.*?)\n \*\//gs, (comment) => {
        const code = comment.replaceAll(/^ \* ?/gm, "");
        return IMPORTS + code;
      }),
    ),
  ];
}

function found(
  root: string,
  file: string,
  pattern: RegExp,
  toCode: (text: string) => string,
): Snippet[] {
  const text = readFileSync(join(root, file), "utf8");
  return [...text.matchAll(pattern)].map((match) => ({
    from: `${file}:${text.slice(0, match.index).split("\n").length}`,
    code: `${toCode(match[1] ?? "")}\nexport {};\n`,
  }));
}

/** Expected output in a program's comments: those that begin with an arrow, in their order. */
export function promisedOutput(code: string): string {
  return [...code.matchAll(/\/\/ → (.*)$/gm)].map(([, line]) => `${line}\n`).join("");
}
