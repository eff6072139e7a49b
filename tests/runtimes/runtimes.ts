/** A runtime in which the library is tested; a project beside this file names its npm package, with a lock file. */
export interface Runtime {
  readonly name: string;
  /** Its project; default: the runtime that runs this program. */
  readonly project?: string;
  /** The command line, by the folder in which its project is installed. */
  readonly command: (
    folder: string,
    files: { readonly run: string; readonly worker: string; readonly plainWorker: string },
  ) => readonly [file: string, ...args: string[]];
}

const BIN = "node_modules/.bin";

/** The oldest Node first: `engines` of the library names it. */
export const RUNTIMES: readonly Runtime[] = [
  {
    name: "node 20.19",
    project: "node-20",
    command: (folder, { run }) => [`${folder}/${BIN}/node`, run],
  },
  {
    name: "node 22.12",
    project: "node-22",
    command: (folder, { run }) => [`${folder}/${BIN}/node`, run],
  },
  { name: "node 24", command: (_folder, { run }) => [process.execPath, run] },
  { name: "bun", project: "bun", command: (folder, { run }) => [`${folder}/${BIN}/bun`, run] },
  {
    name: "deno",
    project: "deno",
    command: (folder, { run }) => [
      `${folder}/${BIN}/deno`,
      "run",
      "-A",
      "--node-modules-dir=manual",
      run,
    ],
  },
  {
    name: "workerd",
    project: "workerd",
    command: (folder, { worker }) => [
      process.execPath,
      `${folder}/run-worker.mjs`,
      "nodejs_compat",
      worker,
    ],
  },
  {
    name: "workerd without Node's modules",
    project: "workerd",
    command: (folder, { plainWorker }) => [
      process.execPath,
      `${folder}/run-worker.mjs`,
      "no_nodejs_compat",
      plainWorker,
    ],
  },
];
