/** Replacement for `node:buffer` in bundles for browsers. */

class Bytes extends Uint8Array {
  override toString(encoding = "utf8"): string {
    if (encoding === "utf8") return new TextDecoder().decode(this);
    const base64 = btoa(Array.from(this, (byte) => String.fromCharCode(byte)).join(""));
    return encoding === "base64"
      ? base64
      : base64.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
  }
}

function from(
  data: string | ArrayBuffer | Uint8Array,
  encodingOrStart?: string | number,
  length?: number,
): Bytes {
  if (typeof data !== "string")
    return data instanceof Uint8Array
      ? new Bytes(data)
      : new Bytes(data, Number(encodingOrStart), length);
  if (encodingOrStart !== "base64") return new Bytes(new TextEncoder().encode(data));
  return new Bytes(Array.from(atob(data), (letter) => letter.charCodeAt(0)));
}

export const Buffer = {
  from,
  byteLength: (text: string): number => new TextEncoder().encode(text).length,
};
