import { createHmac, hash } from "node:crypto";

/** Characters of an id: 48 bits, by which lines of one key are found and its words are not. */
const CHARACTERS = 8;

/**
 * Builds the ids by which lines name a key: keys have people's subjects and words in them. An id needs the secret to be computed,
 * and changes with it; `explain` shows the id of a key.
 */
export function createKeyId(secret: string): (key: string) => string {
  // A key of its own: an id must say nothing about the secret's other uses.
  const idKey = createHmac("sha256", secret).update("algoitny key_id").digest("base64url");
  // Each hit pays for this: an HMAC takes several times as long. A secret of one length before the key, and a sixth of the hash,
  // leave nothing to extend.
  return (key) => hash("sha256", idKey + key, "base64url").slice(0, CHARACTERS);
}
