import type { Answer } from "../api-gateway/gateway-answer.ts";
import { DEFAULT_QUERY } from "./default-query.ts";

/** Path of the page; its files have paths below it. */
export const GRAPHIQL_PATH = "/graphiql/";

/**
 * Scripts, workers and data come from this server only. Inline styles are allowed, because GraphiQL's editor (Monaco)
 * positions each line by a `style` attribute; under the rest of the policy no style can send data elsewhere.
 */
export const GRAPHIQL_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self' data:",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const DOCUMENT = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>GraphiQL · AlgoItny</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${GRAPHIQL_PATH}graphiql.css">
<link rel="stylesheet" href="${GRAPHIQL_PATH}page.css">
<script defer src="${GRAPHIQL_PATH}graphiql.js"></script>
<script defer src="${GRAPHIQL_PATH}start.js"></script>
</head>
<body><div id="root"></div><noscript>GraphiQL needs JavaScript.</noscript></body>
</html>
`;

const STYLE = `html, body, #root { height: 100%; margin: 0; }
@media (prefers-color-scheme: dark) { html { background: hsl(219, 29%, 18%); } }
`;

/** Maps GraphiQL's names of workers to files. A tab's headers are kept in memory only, because they contain tokens. */
const START = `const workers = { editorWorkerService: "editor", json: "json", graphql: "graphql" };
self.MonacoEnvironment = {
  globalAPI: false,
  getWorkerUrl: (_, label) => \`${GRAPHIQL_PATH}\${workers[label]}.worker.js\`,
};
YogaGraphiQL.renderYogaGraphiQL(document.getElementById("root"), ${JSON.stringify({
  title: "AlgoItny",
  endpoint: "/api/graphql/",
  defaultQuery: DEFAULT_QUERY,
  shouldPersistHeaders: false,
})});
`;

type Files = ReadonlyMap<string, readonly [type: string, text: string]>;

const [HTML, CSS, JS] = ["text/html", "text/css", "text/javascript"] as const;

/** The page's files by name; `""` is the document. The package contains GraphiQL with its dependencies, 8 MB of text. */
async function loadFiles(): Promise<Files> {
  const bundled = await import("@graphql-yoga/render-graphiql/graphiql");
  return new Map([
    ["", [HTML, DOCUMENT]],
    ["page.css", [CSS, STYLE]],
    ["start.js", [JS, START]],
    ["graphiql.css", [CSS, bundled.css]],
    ["graphiql.js", [JS, bundled.js]],
    ["editor.worker.js", [JS, bundled.editorWorkerService]],
    ["json.worker.js", [JS, bundled.jsonWorker]],
    ["graphql.worker.js", [JS, bundled.graphqlWorker]],
  ]);
}

/** Serves GraphiQL for the API's schema under `/graphiql/`, from this origin only; undefined for other paths. */
export function createGraphiqlPage(): (url: string) => Promise<Answer> | undefined {
  let files: Promise<Files> | undefined;
  return (url) => {
    const [path = ""] = url.split("?");
    if (`${path}/` === GRAPHIQL_PATH) return Promise.resolve(answer(308, "text/plain", "", MOVED));
    if (!path.startsWith(GRAPHIQL_PATH)) return undefined;
    files ??= loadFiles();
    return files.then((known) => {
      const [type, text] = known.get(path.slice(GRAPHIQL_PATH.length)) ?? [];
      return type === undefined || text === undefined
        ? answer(404, "text/plain", "not found")
        : answer(200, type, text);
    });
  };
}

const MOVED = { location: GRAPHIQL_PATH };

function answer(
  status: number,
  type: string,
  text: string,
  more: Readonly<Record<string, string>> = {},
): Answer {
  return {
    status,
    headers: {
      "content-type": `${type}; charset=utf-8`,
      "cache-control": "no-cache",
      "content-security-policy": GRAPHIQL_POLICY,
      "cross-origin-opener-policy": "same-origin",
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
      ...more,
    },
    cookies: [],
    body: Buffer.from(text),
  };
}
