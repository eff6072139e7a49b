import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdir, realpath, rm } from "node:fs/promises";
import { connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Closable } from "./start-together.ts";

/** Path of the folder's socket, with a hash of the folder's path: a socket's path may have about 100 bytes only. */
async function socketPath(folder: string): Promise<string> {
  const name = createHash("sha256")
    .update(await realpath(folder))
    .digest("hex");
  return join(tmpdir(), `algoitny-${name.slice(0, 16)}.sock`);
}

async function listen(path: string): Promise<Server> {
  const server = createServer((socket) => socket.destroy());
  server.listen(path);
  await once(server, "listening");
  return server.unref();
}

async function isAnswered(path: string): Promise<boolean> {
  const socket = connect(path);
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false; // left behind by a process that was killed
  } finally {
    socket.destroy();
  }
}

/** Without the cause: it names the call of the operating system, not the flag. */
function whyNoFolder({ code, message }: NodeJS.ErrnoException): string {
  if (code === "EEXIST") return "a file, not a folder";
  if (code === "ENOTDIR") return "a part of this path is a file, not a folder";
  return `this folder cannot be created (${code ?? message})`;
}

/**
 * Locks a folder until `close` or the end of this process; creates a missing folder. Two engines over the same files would
 * destroy them. Throws if another process has locked the folder.
 */
export async function lockFolder(folder: string): Promise<Closable> {
  await mkdir(folder, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    throw new Error(`--data ${folder}: ${whyNoFolder(error)}`);
  });
  const path = await socketPath(folder);
  const server = await listen(path).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== "EADDRINUSE") throw error;
    if (await isAnswered(path)) {
      // Without the cause: it names a socket, which means nothing to the user.
      throw new Error(
        `${folder} is in use by another command, such as \`npm run dev\`: stop it, or name another folder with --data`,
      );
    }
    await rm(path, { force: true });
    return listen(path);
  });
  return {
    async close() {
      const closed = once(server, "close");
      server.close();
      await closed;
    },
  };
}
