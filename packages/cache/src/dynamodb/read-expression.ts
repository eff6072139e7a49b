/** An expression that this module cannot parse: its request counts as one of all attributes, or of the whole table. */
export class UnknownGrammar extends Error {
  override readonly name = "UnknownGrammar";
}

type Names = Readonly<Record<string, string>> | undefined;

const TOKEN = /\s*(?:(#\w+|[A-Za-z_]\w*)|(:\w+)|(\d+)|(<>|<=|>=|[=<>(),.+\-[\]]))/y;

interface Token {
  readonly kind: "name" | "value" | "number" | "sign";
  readonly text: string;
}

function tokensOf(expression: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  const end = expression.trimEnd().length;
  while (TOKEN.lastIndex < end) {
    const [, name, value, number, sign] = TOKEN.exec(expression) ?? [];
    const text = name ?? value ?? number ?? sign;
    if (text === undefined) throw new UnknownGrammar(expression);
    const kind = name ? "name" : value ? "value" : number ? "number" : "sign";
    tokens.push({ kind, text });
  }
  return tokens;
}

/** Words that cannot be attributes without an alias: DynamoDB reserves them. */
const KEYWORDS = /^(?:and|or|not|between|in)$/i;

/**
 * Attributes that an expression of any kind names, by the first segments of their paths, and an update's keywords (`SET`):
 * extra names do no harm.
 */
export function attributesIn(expression: string | undefined, names: Names): string[] {
  if (expression === undefined) return [];
  const tokens = tokensOf(expression);
  const found = tokens.filter(({ kind, text }, index) => {
    if (kind !== "name" || KEYWORDS.test(text)) return false;
    return tokens[index - 1]?.text !== "." && tokens[index + 1]?.text !== "(";
  });
  return [...new Set(found.map(({ text }) => attributeOf(text, names)))];
}

function attributeOf(text: string, names: Names): string {
  if (!text.startsWith("#")) return text;
  const name = names?.[text];
  if (name === undefined) throw new UnknownGrammar(text);
  return name;
}

/** Parsed key condition; values are given by their placeholders. */
export interface KeyCondition {
  readonly equalities: readonly (readonly [attribute: string, value: string])[];
  readonly range: {
    readonly attribute: string;
    /** First and last value; equal for `begins_with`. Undefined for a range without one of its ends. */
    readonly ends: readonly [low: string, high: string] | undefined;
  } | null;
}

/** Parses a key condition; throws UnknownGrammar for anything unknown. */
export function keyConditionOf(expression: string, names: Names): KeyCondition {
  const tokens = tokensOf(expression);
  const equalities: [string, string][] = [];
  let range: KeyCondition["range"] = null;
  let at = 0;
  const next = (): Token => tokens[at++] ?? { kind: "sign", text: "" };
  const take = (wanted: RegExp, kind: Token["kind"] = "sign"): string => {
    const token = next();
    if (token.kind !== kind || !wanted.test(token.text)) throw new UnknownGrammar(expression);
    return token.text;
  };
  const value = () => take(/./, "value");
  const skip = (sign: string) => {
    while (tokens[at]?.text === sign) at++;
  };
  const condition = () => {
    skip("(");
    const first = next();
    if (first.kind === "value") {
      take(/^=$/);
      equalities.push([attributeOf(take(/./, "name"), names), first.text]);
    } else if (first.kind !== "name") throw new UnknownGrammar(expression);
    else if (/^begins_with$/i.test(first.text) && tokens[at]?.text === "(") {
      at++;
      const attribute = attributeOf(take(/./, "name"), names);
      take(/^,$/);
      const prefix = value();
      take(/^\)$/);
      range = { attribute, ends: [prefix, prefix] };
    } else {
      const attribute = attributeOf(first.text, names);
      const operator = next().text;
      if (operator === "=") equalities.push([attribute, value()]);
      else if (/^between$/i.test(operator)) {
        const low = value();
        take(/^and$/i, "name");
        range = { attribute, ends: [low, value()] };
      } else if (/^[<>]=?$/.test(operator)) {
        value();
        range = { attribute, ends: undefined };
      } else throw new UnknownGrammar(expression);
    }
    skip(")");
  };
  condition();
  while (at < tokens.length) {
    take(/^and$/i, "name");
    condition();
  }
  if (equalities.length === 0) throw new UnknownGrammar(expression);
  return { equalities, range };
}
