import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdir, realpath, rm } from "node:fs/promises";
import { connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Closable } from "./start-together.ts";

/** A socket's path may have some 100 characters, a folder's any number. */
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

/**
 * Locks a folder for this process until `close` or its end; creates it if missing. Two engines over the same files would
 * destroy them. Throws if another process has the folder.
 */
export async function lockFolder(folder: string): Promise<Closable> {
  await mkdir(folder, { recursive: true });
  const path = await socketPath(folder);
  const server = await listen(path).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== "EADDRINUSE") throw error;
    if (await isAnswered(path)) {
      // Without the cause: it names a socket, which means nothing to the user.
      throw new Error(
        `${folder} is in use by another \`npm run dev\`: stop that one, or give this one another folder with --data`,
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
