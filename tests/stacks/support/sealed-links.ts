import { createCipheriv, randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import path from "node:path";

/** Writes a function's links as SST's CLI does, as `resource.enc` beside the bundle; returns the key to open it. */
export function sealLinks(folder: string, links: object): string {
  const key = randomBytes(32);
  const cipher = createCipheriv("aes-256-gcm", key, Buffer.alloc(12, 0));
  const sealed = [cipher.update(JSON.stringify(links)), cipher.final(), cipher.getAuthTag()];
  writeFileSync(path.join(folder, "resource.enc"), Buffer.concat(sealed));
  return key.toString("base64");
}
