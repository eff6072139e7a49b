import { createHmac, hash } from "node:crypto";

/** Characters of an id: 48 bits, enough to find the lines of one key without revealing its text. */
const CHARACTERS = 8;

/**
 * Builds the ids by which log lines identify a key, because keys contain users' subjects and search terms. Computing an
 * id needs the secret, and the ids change with it; `explain` shows the id of a key.
 */
export function createKeyId(secret: string): (key: string) => string {
  // A derived key, so that an id reveals nothing about the secret's other uses.
  const idKey = createHmac("sha256", secret).update("algoitny key_id").digest("base64url");
  // Every hit computes it, and an HMAC takes several times as long. The secret has a fixed length before the key, and
  // only 48 of the hash's 256 bits are used, so a length extension gains nothing.
  return (key) => hash("sha256", idKey + key, "base64url").slice(0, CHARACTERS);
}
