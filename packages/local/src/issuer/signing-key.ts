import { randomUUID } from "node:crypto";
import { link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  importJWK,
  type CryptoKey,
  type JWK_RSA_Public,
} from "jose";
import { z } from "zod";

/** An RSA key as a JWK, with everything that signing takes. */
const PrivateJwk = z.looseObject({
  kty: z.literal("RSA"),
  kid: z.string(),
  n: z.string(),
  e: z.string(),
  d: z.string(),
});

export interface SigningKey {
  kid: string;
  privateKey: CryptoKey;
  publicJwk: JWK_RSA_Public;
}

/** In the data directory, readable by its owner alone. */
const FILE = "issuer-key.json";

type Jwk = z.infer<typeof PrivateJwk>;

async function toSigningKey(jwk: Jwk): Promise<SigningKey> {
  const privateKey = await importJWK(jwk, "RS256");
  if (privateKey instanceof Uint8Array) throw new TypeError("an RSA key imports as a CryptoKey");
  const { kty, kid, n, e } = jwk;
  return { kid, privateKey, publicJwk: { kty, kid, n, e, alg: "RS256", use: "sig" } };
}

async function generate(): Promise<Jwk> {
  const { privateKey } = await generateKeyPair("RS256", { extractable: true });
  const jwk = await exportJWK(privateKey);
  return PrivateJwk.parse({ ...jwk, kid: await calculateJwkThumbprint(jwk) });
}

async function read(path: string): Promise<Jwk | undefined> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  try {
    return PrivateJwk.parse(JSON.parse(text));
  } catch (cause) {
    throw new Error(`${path} is not a signing key; delete it and a new one is made`, { cause });
  }
}

/** Keeps a key, whole or not at all, unless another has been kept meanwhile. */
async function keep(dataDir: string, jwk: Jwk): Promise<void> {
  await mkdir(dataDir, { recursive: true });
  const path = join(dataDir, FILE);
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, JSON.stringify(jwk), { mode: 0o600 });
  try {
    await link(draft, path); // unlike a rename, this never replaces what is there
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    await rm(draft);
  }
}

/** The key kept in `dataDir`, made there when missing; without a directory a key for this process alone. */
export async function loadSigningKey(dataDir: string | undefined): Promise<SigningKey> {
  if (dataDir === undefined) return toSigningKey(await generate());
  const kept = await read(join(dataDir, FILE));
  if (kept) return toSigningKey(kept);
  await keep(dataDir, await generate());
  // Of several that start together, the first one's key counts.
  return toSigningKey(PrivateJwk.parse(await read(join(dataDir, FILE))));
}
