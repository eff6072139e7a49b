import { type Html, html, prose } from "./page-html.ts";

/** The keywords of JSON Schema that the page shows. */
export interface PageSchema {
  $ref?: string;
  type?: string | readonly string[];
  enum?: readonly unknown[];
  const?: unknown;
  anyOf?: readonly PageSchema[];
  items?: PageSchema;
  properties?: Readonly<Record<string, PageSchema>>;
  required?: readonly string[];
  minimum?: number;
  maximum?: number;
  maxLength?: number;
  default?: unknown;
  description?: string;
}

/** Name of a component, from a reference to it. */
export const nameOf = (reference: string): string => reference.split("/").at(-1) ?? "";

/** A schema in a few words: `integer from 1`, `list of Execution`, `string or null`. */
export function typeText(schema: PageSchema): Html {
  const { $ref, anyOf, type, items = {}, enum: values, const: value } = schema;
  if ($ref !== undefined) return html`<a href="#schema-${nameOf($ref)}">${nameOf($ref)}</a>`;
  if (values !== undefined) return html`${values.map((each) => JSON.stringify(each)).join(" or ")}`;
  if (value !== undefined) return html`${JSON.stringify(value)}`;
  if (type === "array") return html`list of ${typeText(items)}`;
  if (type === undefined && anyOf !== undefined) {
    return html`${anyOf.map((part, index) => html`${index > 0 ? " or " : ""}${typeText(part)}`)}`;
  }
  const name = typeof type === "object" ? type.join(" or ") : (type ?? "any JSON");
  return html`${name}${limitsText(schema)}`;
}

function limitsText({ minimum, maximum, maxLength, default: fallback }: PageSchema): string {
  const limits = [
    minimum === undefined || minimum === Number.MIN_SAFE_INTEGER ? "" : ` from ${minimum}`,
    maximum === undefined || maximum === Number.MAX_SAFE_INTEGER ? "" : ` to ${maximum}`,
    maxLength === undefined ? "" : `, at most ${maxLength} characters`,
    fallback === undefined ? "" : `; ${JSON.stringify(fallback)} unless given`,
  ];
  return limits.join("");
}

/** The fields of a schema, with the nested ones below; undefined if it has none. */
export function fieldsOf(schema: PageSchema): Html | undefined {
  const { properties, required = [], items = {}, anyOf = [], type } = schema;
  if (type === "array") return fieldsOf(items);
  if (properties === undefined || type === undefined) {
    const parts = type === undefined ? anyOf.map(fieldsOf) : [];
    return parts.some((part) => part !== undefined) ? html`${parts}` : undefined;
  }
  const rows = Object.entries(properties).map(
    ([name, field]) =>
      html`<li>
        <code>${name}</code>${required.includes(name) ? "" : "?"} ${typeText(field)}
        <small>${prose(field.description)}</small>${fieldsOf(field)}
      </li>`,
  );
  return html`<ul class="fields">
    ${rows}
  </ul>`;
}
