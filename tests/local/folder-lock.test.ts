import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { startCloud } from "@algoitny/local/cloud";
import { lockFolder } from "@algoitny/local/folder-lock";

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "lock-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

test("a folder can be locked once, by any of its paths, and again when its lock is closed", async () => {
  const folder = await temporaryFolder();
  const link = `${folder}-link`;
  await symlink(folder, link);
  onTestFinished(() => rm(link));

  const lock = await lockFolder(folder);
  await expect(lockFolder(link)).rejects.toSatisfy(
    // The error does not show the lock's socket, which means nothing to a user.
    (error: Error) => /is in use.*--data/.test(error.message) && error.cause === undefined,
  );
  await lock.close();
  await (await lockFolder(link)).close();
});

test("each folder has its own lock, and a missing folder is created", async () => {
  const folder = await temporaryFolder();
  const below = join(folder, "a/b");
  const locks = await Promise.all([lockFolder(folder), lockFolder(below)]);
  expect(existsSync(below)).toBe(true);
  await Promise.all(locks.map((lock) => lock.close()));
});

test("a folder that cannot be created is refused with the flag that names it", async () => {
  const file = join(await temporaryFolder(), "file");
  await writeFile(file, "");
  await expect(lockFolder(file)).rejects.toThrow(`--data ${file}: a file, not a folder`);
  await expect(lockFolder(join(file, "a"))).rejects.toThrow(
    `--data ${join(file, "a")}: a part of this path is a file, not a folder`,
  );
  const long = join(dirname(file), "a".repeat(300));
  await expect(lockFolder(long)).rejects.toThrow(
    `--data ${long}: this folder cannot be created (ENAMETOOLONG)`,
  );
});

test("the lock of a killed process is released", async () => {
  const folder = await temporaryFolder();
  const code = `import { startCloud } from "@algoitny/local/cloud";
import { lockFolder } from ${JSON.stringify(import.meta.resolve("@algoitny/local/folder-lock"))};
    await lockFolder(${JSON.stringify(folder)});
    console.log("locked");
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", code], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(child.stdout, "data");
  await expect(lockFolder(folder)).rejects.toThrow("in use");
  child.kill("SIGKILL");
  await once(child, "exit");
  await (await lockFolder(folder)).close();
});

test("a second cloud on a folder fails because of the folder, before it tries the port", async () => {
  const dataDir = await temporaryFolder();
  const lock = await lockFolder(dataDir);
  const server = createServer().listen(0, "127.0.0.1");
  onTestFinished(async () => {
    server.close();
    await lock.close();
  });
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const started = await startCloud({ port, dataDir }).catch((error: Error) => error.message);
  expect(started).toContain(`${dataDir} is in use by another command, such as \`npm run dev\``);
});
