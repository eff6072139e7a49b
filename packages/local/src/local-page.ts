import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface LocalPage {
  /** Folder of the page's files, for the function that serves them. */
  folder: string;
  /** Builds the page before its first file is served, and again whenever its document is requested, at `/ops/`. */
  prepare: (url: string) => Promise<void>;
  close: () => Promise<void>;
}

/** Builds the dashboard on request, so that reloading the page shows changes of its code. */
export async function createLocalPage(): Promise<LocalPage> {
  const folder = await mkdtemp(join(tmpdir(), "algoitny-page-"));
  let built: Promise<void> | undefined;
  const build = async () => (await import("@algoitny/page/build-page")).writePage(folder);
  return {
    folder,
    async prepare(url) {
      const [, name] = /^\/ops\/?([\w.-]*)(?:\?|$)/.exec(url) ?? [];
      if (name === undefined) return;
      if (name === "" || !built) built = build();
      await built;
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}
