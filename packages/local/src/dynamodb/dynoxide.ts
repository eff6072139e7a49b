import { accessSync, constants } from "node:fs";
import { mkdtemp, statfs } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { startServerProcess, type ServerProcess } from "./server-process.ts";

/** The binary that npm installed for this platform, otherwise the first on PATH; undefined without either. */
export function findDynoxide(
  platform: string = `${process.platform}-${process.arch}`,
  searchPath: string = process.env["PATH"] ?? "",
): string | undefined {
  const onPath = searchPath.split(delimiter).filter(Boolean);
  return [...packaged(platform), ...onPath]
    .map((folder) => join(folder, "dynoxide"))
    .find(isExecutable);
}

/**
 * Starts dynoxide over one SQLite file: in `dataDir`, or in a temporary folder that is removed with the server. It
 * never runs without a file: only a file can get the index that keeps writes fast.
 */
export async function startDynoxide(
  binary: string,
  dataDir: string | undefined,
  log: (line: string) => void,
): Promise<ServerProcess> {
  const scratch = dataDir === undefined ? await makeScratchFolder() : undefined;
  const file = join(dataDir ?? scratch ?? "", "dynoxide.db");
  const server = await startServerProcess({
    name: "dynoxide",
    command: binary,
    args: (port) => ["--port", String(port), "--db-path", file],
    scratch,
  });
  prepareStream(file, log);
  return server;
}

/** Linux's file system in memory. */
const MEMORY_FOLDER = "/dev/shm";
const ENOUGH_BYTES = 1024 ** 3;

/**
 * Creates a temporary folder: in memory if 1 GiB is free there (a container has 64 MB by default), because SQLite waits
 * for the disk at every write.
 */
async function makeScratchFolder(): Promise<string> {
  const memory = await statfs(MEMORY_FOLDER).catch(() => undefined);
  const roomy = memory !== undefined && memory.bavail * memory.bsize >= ENOUGH_BYTES;
  const made = roomy
    ? await mkdtemp(join(MEMORY_FOLDER, "algoitny-db-")).catch(() => undefined)
    : undefined;
  return made ?? mkdtemp(join(tmpdir(), "algoitny-db-"));
}

/**
 * dynoxide finds the next sequence number by reading every stream record of the table, so each write is slower
 * than the one before (5 ms after 7,500 records); with this index a write takes 1.5 ms however many records there are.
 */
const INDEX =
  "CREATE INDEX IF NOT EXISTS algoitny_stream_sequence ON _stream_records (table_name, CAST(sequence_number AS INTEGER))";

/**
 * A stream's label is the time of its start, in seconds. In a new stream, dynoxide also shows the records of the
 * table's earlier streams; AWS does not.
 */
const REMOVE_EARLIER =
  "DELETE FROM _stream_records WHERE created_at < (SELECT CAST(stream_label AS INTEGER) FROM _tables WHERE _tables.table_name = _stream_records.table_name)";

/** Makes writes fast, and a new stream empty. */
function prepareStream(file: string, log: (line: string) => void): void {
  try {
    const database = new DatabaseSync(file, { timeout: 1_000 });
    database.exec(`${INDEX}; ${REMOVE_EARLIER}`);
    database.close();
  } catch (error) {
    // Another version may keep its records elsewhere: slower writes and repeated records, nothing worse.
    log(`dynoxide's stream stays as it is, writes will slow down: ${String(error)}`);
  }
}

function packaged(platform: string): string[] {
  try {
    const manifest = createRequire(import.meta.url).resolve(`@dynoxide/${platform}/package.json`);
    return [dirname(manifest)];
  } catch {
    return []; // There is no package for this platform, or npm skipped the optional dependency.
  }
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
