import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { jwtVerify } from "jose";
import { expect, onTestFinished, test } from "vitest";
import {
  claimsOf,
  createIssuer,
  DISCOVERY_PATH,
  JWKS_PATH,
  LOCAL_AUDIENCE,
  LOCAL_ISSUER,
} from "@algoitny/local/issuer/issuer";

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "issuer-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

const options = { issuer: LOCAL_ISSUER, audience: LOCAL_AUDIENCE };

test("a token contains the given claims and is valid for 30 days", async () => {
  const issuer = await createIssuer();
  const token = await issuer.issueToken(claimsOf("me@example.com", true));
  const { payload, protectedHeader } = await jwtVerify(token, issuer.keys, options);
  expect(payload).toMatchObject({
    sub: "local|me@example.com",
    email: "me@example.com",
    is_admin: true,
  });
  expect(payload.exp! - payload.iat!).toBe(30 * 24 * 60 * 60);
  expect(protectedHeader).toMatchObject({ alg: "RS256", kid: expect.any(String) });
});

test("a token without admin rights has no admin claim", async () => {
  expect(claimsOf("me@example.com", false)).not.toHaveProperty("is_admin");
});

test("tokens of a key in a folder are accepted by a later issuer of that folder", async () => {
  const folder = await temporaryFolder();
  const token = await (await createIssuer(folder)).issueToken({ sub: "s" });
  const later = await createIssuer(folder);
  await expect(jwtVerify(token, later.keys, options)).resolves.toBeDefined();
});

test("issuers that start together in an empty folder end up with one key", async () => {
  const folder = join(await temporaryFolder(), "new");
  const together = await Promise.all(Array.from({ length: 8 }, () => createIssuer(folder)));
  const later = await createIssuer(folder);
  for (const issuer of together) {
    const token = await issuer.issueToken({ sub: "s" });
    await expect(jwtVerify(token, later.keys, options)).resolves.toBeDefined();
  }
  expect(await readdir(folder)).toHaveLength(1);
});

test("only its owner can read the key's file", async () => {
  const folder = await temporaryFolder();
  await createIssuer(folder);
  const [file = ""] = await readdir(folder);
  expect((await stat(join(folder, file))).mode & 0o077).toBe(0);
});

test("the error for a broken key file names the file and the remedy", async () => {
  const folder = await temporaryFolder();
  await createIssuer(folder);
  const [file = ""] = await readdir(folder);
  await writeFile(join(folder, file), "{");
  await expect(createIssuer(folder)).rejects.toThrow(/issuer-key\.json.*delete it/);
});

test("without a folder every issuer has its own key", async () => {
  const token = await (await createIssuer()).issueToken({ sub: "s" });
  const other = await createIssuer();
  await expect(jwtVerify(token, other.keys, options)).rejects.toThrow("no applicable key");
});

test("discovery leads to the public key, and never to the private one", async () => {
  const issuer = await createIssuer();
  const discovery = issuer.document(DISCOVERY_PATH, "http://127.0.0.1:1");
  expect(discovery).toMatchObject({
    issuer: LOCAL_ISSUER,
    jwks_uri: `http://127.0.0.1:1${JWKS_PATH}`,
  });
  const jwks = issuer.document(JWKS_PATH, "");
  expect(jwks).toEqual({
    keys: [
      {
        kty: "RSA",
        kid: expect.any(String),
        n: expect.any(String),
        e: "AQAB",
        alg: "RS256",
        use: "sig",
      },
    ],
  });
  expect(issuer.document("/else", "")).toBeUndefined();
});
