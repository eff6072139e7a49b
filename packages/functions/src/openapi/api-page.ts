import { hash } from "node:crypto";
import type { OpenApiDocument } from "./api-document.ts";
import { type Html, html, prose } from "./page-html.ts";
import { fieldsOf, nameOf, type PageSchema, typeText } from "./page-schema.ts";
import { PAGE_STYLE } from "./page-style.ts";

interface Answer {
  description: string;
  headers?: Record<string, { description: string; required?: boolean }>;
  content?: Record<string, { schema: PageSchema }>;
}

interface PageOperation {
  operationId: string;
  summary: string;
  /** Access that it needs: the OpenAPI security has no roles. */
  description: string;
  tags: readonly string[];
  security: readonly object[];
  parameters: readonly {
    name: string;
    in: string;
    description?: string;
    schema: PageSchema;
    $ref?: string;
  }[];
  requestBody?: { content: Record<string, { schema: PageSchema }> };
  responses: Record<string, Answer & { $ref?: string }>;
}

interface Row {
  method: string;
  path: string;
  operation: PageOperation;
}

/** The page has no script and loads nothing: its only style is allowed by its hash. */
export const PAGE_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${hash("sha256", PAGE_STYLE, "base64")}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** Not in the page's template, because one more blank would change the hash. */
const STYLE: Html = { html: `<style>${PAGE_STYLE}</style>` };

const CURL_LINES =
  "To run the curl lines, set `ORIGIN` to this page's address up to `/api/` (such as `http://127.0.0.1:8000`) and `TOKEN` to your token in the shell, write the body to `body.json`, and put values in place of names in braces such as `{id}`.";

/** The OpenAPI document as a page: every operation with a curl line, and every schema. */
export function renderPage(document: OpenApiDocument): string {
  const { title, description } = document["info"] as { title: string; description: string };
  const groups = document["tags"] as { name: string; description: string }[];
  const rows = rowsOf(document);
  const inGroup = (name: string) => rows.filter(({ operation }) => operation.tags[0] === name);
  const schemas = Object.entries(document.components["schemas"] ?? {}) as [string, PageSchema][];
  const [about = "", ...points] = description.split(/\n+(?:- )?/);
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        ${STYLE}
      </head>
      <body>
        <div class="page">
          <nav aria-label="Operations">
            <a href="#top">${title}</a>
            ${groups.map(
              ({ name }) =>
                html`<h2>${name}</h2>
                  <ul>
                    ${inGroup(name).map(linkTo)}
                  </ul>`,
            )}
            <h2>Schemas</h2>
            <ul>
              ${schemas.map(([name]) => html`<li><a href="#schema-${name}">${name}</a></li>`)}
            </ul>
          </nav>
          <main id="top">
            <h1>${title}</h1>
            <p>${prose(about)} The same as <a href="/api/openapi.json">OpenAPI 3.1</a>.</p>
            <ul>
              ${points.map((point) => html`<li>${prose(point)}</li>`)}
            </ul>
            <p>${prose(CURL_LINES)}</p>
            ${groups.map(
              ({ name, description: purpose }) =>
                html`<h2>${name}</h2>
                  <p class="muted">${purpose}</p>
                  ${inGroup(name).map((row) => sectionOf(row, document))}`,
            )}
            <h2>Schemas</h2>
            ${schemas.map(
              ([name, schema]) =>
                html`<section class="schema" id="schema-${name}">
                  <h3>${name}</h3>
                  <p>${prose(schema.description)}</p>
                  ${fieldsOf(schema) ?? typeText(schema)}
                </section>`,
            )}
          </main>
        </div>
      </body>
    </html> `;
  return page.html;
}

function rowsOf({ paths }: OpenApiDocument): Row[] {
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({
      method,
      path,
      operation: operation as PageOperation,
    })),
  );
}

const linkTo = ({ method, operation }: Row) =>
  html`<li>
    <a href="#${operation.operationId}"
      ><span class="method ${method}">${method.toUpperCase()}</span> ${operation.summary}</a
    >
  </li>`;

function sectionOf({ method, path, operation }: Row, document: OpenApiDocument): Html {
  const { operationId, summary, description, requestBody, parameters, responses } = operation;
  const needed = parameters.filter(({ $ref }) => $ref === undefined);
  const conditional = parameters.flatMap(({ $ref }) => ($ref === undefined ? [] : nameOf($ref)));
  const body = requestBody?.content["application/json"]?.schema;
  return html`<section class="operation" id="${operationId}">
    <h3><span class="method ${method}">${method.toUpperCase()}</span> <code>/api${path}</code></h3>
    <p>${summary}. <span class="muted">${description}</span></p>
    <pre>${curlLine({ method, path, operation })}</pre>
    ${
      needed.length > 0
        ? html`<h4>Parameters</h4>
            <ul class="fields">
              ${needed.map(parameterRow)}
            </ul>`
        : ""
    }
    ${conditional.length > 0 ? html`<p class="muted">Headers: ${conditional.join(", ")}</p>` : ""}
    ${
      body
        ? html`<h4>Body</h4>
            <p>${typeText(body)}</p>
            ${fieldsOf(body)}`
        : ""
    }
    <h4>Answers</h4>
    ${Object.entries(responses).map(([status, answer]) => answerOf(status, answer, document))}
  </section>`;
}

const parameterRow = ({
  name,
  in: place,
  description,
  schema,
}: PageOperation["parameters"][number]) =>
  html`<li>
    <code>${name}</code> <small>in the ${place}</small> ${typeText(schema)}
    <small>${prose(description)}</small>
  </li>`;

function answerOf(
  status: string,
  answer: PageOperation["responses"][string],
  document: OpenApiDocument,
): Html {
  const shared = document.components["responses"]?.[nameOf(answer.$ref ?? "")] as
    | Answer
    | undefined;
  const { description, headers = {}, content = {} } = shared ?? answer;
  const media = Object.entries(content).map(
    ([type, { schema }]) =>
      html`<p><code>${type}</code> ${typeText(schema)}</p>
        ${fieldsOf(schema)}`,
  );
  const rows = Object.entries(headers).map(
    ([name, header]) =>
      html`<li>
        <code>${name}</code>${header.required ? "" : "?"}
        <small>${prose(header.description)}</small>
      </li>`,
  );
  return html`<details>
    <summary><code>${status}</code> ${description}</summary>
    <div class="answer">
      ${media}
      <ul class="fields">
        ${rows}
      </ul>
    </div>
  </details>`;
}

function curlLine({ method, path, operation: { security, requestBody } }: Row): string {
  const needsToken = security.length > 0 && security.every((each) => Object.keys(each).length > 0);
  return [
    "curl",
    ...(method === "get" ? [] : [`-X ${method.toUpperCase()}`]),
    ...(needsToken ? ['-H "Authorization: Bearer $TOKEN"'] : []),
    ...(requestBody ? ["-H 'Content-Type: application/json' -d @body.json"] : []),
    `"$ORIGIN/api${path}"`,
  ].join(" ");
}
