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

/** An RSA key as a JWK, with the private parts that signing needs. */
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

/** File in the data folder, readable by its owner only. */
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

/** Stores a key completely or not at all, unless another process has stored one meanwhile. */
async function keep(dataDir: string, jwk: Jwk): Promise<void> {
  await mkdir(dataDir, { recursive: true });
  const path = join(dataDir, FILE);
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, JSON.stringify(jwk), { mode: 0o600 });
  try {
    await link(draft, path); // Unlike a rename, this never replaces an existing file.
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    await rm(draft);
  }
}

/** Returns the key in `dataDir`, and creates it if it is missing; without a folder, a key for this process only. */
export async function loadSigningKey(dataDir: string | undefined): Promise<SigningKey> {
  if (dataDir === undefined) return toSigningKey(await generate());
  const kept = await read(join(dataDir, FILE));
  if (kept) return toSigningKey(kept);
  await keep(dataDir, await generate());
  // Of several processes that start together, the first one's key is used by all.
  return toSigningKey(PrivateJwk.parse(await read(join(dataDir, FILE))));
}
