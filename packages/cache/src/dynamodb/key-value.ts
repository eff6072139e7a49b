/** A value that can be part of a key: its type, and one text for all spellings of it. */
export type KeyValue = readonly [type: "S" | "N" | "B", text: string];

/** Reads an attribute's value in the form that one kind of client uses; null if it cannot be a key. */
export type Codec = (value: unknown) => KeyValue | null;

/** Reads `{ S: "a" }`, as plain clients and streams write values; null if it cannot be a key. */
export const plainValue: Codec = (value) => {
  if (typeof value !== "object" || value === null) return null;
  const { S, N, B } = value as { S?: unknown; N?: unknown; B?: unknown };
  if (typeof S === "string") return ["S", S];
  if (typeof N === "string") return ["N", numberText(N)];
  if (typeof B === "string") return ["B", Buffer.from(B, "base64").toString("base64")];
  return bytesIn(B);
};

/** Reads values as the document client writes them; null if they cannot be a key. */
export const documentValue: Codec = (value) => {
  if (typeof value === "string") return ["S", value];
  if (typeof value === "number" || typeof value === "bigint") return ["N", numberText(`${value}`)];
  const text = (value as { value?: unknown } | null)?.value;
  // The SDK's NumberValue, or another object with the text of a number as its `value`.
  if (typeof text === "string" && isNumberText(text)) return ["N", numberText(text)];
  return bytesIn(value);
};

function bytesIn(value: unknown): KeyValue | null {
  if (value instanceof ArrayBuffer) return ["B", Buffer.from(value).toString("base64")];
  if (!ArrayBuffer.isView(value)) return null;
  const { buffer, byteOffset, byteLength } = value;
  return ["B", Buffer.from(buffer, byteOffset, byteLength).toString("base64")];
}

const NUMBER = /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/;

function isNumberText(text: string): boolean {
  return NUMBER.test(text) && /\d/.test(text);
}

/** One text for all spellings of a number: `1`, `1.0` and `10e-1` are `1e0`. */
export function numberText(text: string): string {
  const [, sign, whole = "", part = "", exponent = "0"] = NUMBER.exec(text) ?? [];
  if (sign === undefined) return text;
  const digits = `${whole}${part}`.replace(/^0+/, "");
  const significant = digits.replace(/0+$/, "");
  if (significant === "") return "0e0";
  const power = Number(exponent) - part.length + digits.length - significant.length;
  return `${sign === "-" ? "-" : ""}${significant}e${power}`;
}

/** Bytes by which DynamoDB sorts a text or binary value; null for numbers. */
export function sortBytes([type, text]: KeyValue): Uint8Array | null {
  return type === "N" ? null : Buffer.from(text, type === "S" ? "utf8" : "base64");
}
