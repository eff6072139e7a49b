import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface LocalPage {
  /** Folder of the page's files, for the function that serves them. */
  folder: string;
  /** Builds the page before the first of its files is served, and anew each time that its document is asked for, at `/ops/`. */
  prepare: (url: string) => Promise<void>;
  close: () => Promise<void>;
}

/** Builds the dashboard when it is looked at, so that a page that is loaded again shows what was changed. */
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
