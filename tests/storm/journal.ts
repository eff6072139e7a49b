import type { Question } from "./question.ts";

interface Line {
  atMs: number;
  about: readonly string[];
  text: string;
}

/** Lines remembered, and the last ones of a story that are printed. */
const REMEMBERED = 8_000;
const TOLD = 40;

/** Latest events, for the story of an answer that was wrong. */
export class Journal {
  readonly #lines: Line[] = [];
  #next = 0;

  note(about: readonly string[], text: string): void {
    this.#lines[this.#next % REMEMBERED] = { atMs: Date.now(), about, text };
    this.#next += 1;
  }

  /** Writes, invalidations and reads that had to do with a question, oldest first. */
  story(question: Question): string[] {
    const [resource = ""] = question.key.split(":");
    const topics = new Set([
      ...question.about,
      ...[...question.tags, `@resource:${resource}`, "@all"].map((tag) => `tag ${tag}`),
      question.path,
    ]);
    const start = this.#next % REMEMBERED;
    return [...this.#lines.slice(start), ...this.#lines.slice(0, start)]
      .filter(({ about }) => about.some((topic) => topics.has(topic)))
      .slice(-TOLD)
      .map(({ atMs, text }) => `${new Date(atMs).toISOString().slice(11, 23)}  ${text}`);
  }
}

/** Notes every request that gives tags new stamps. */
export function noteStamps(journal: Journal, commands: readonly (readonly unknown[])[]): void {
  const removed = commands.flatMap(([name, ...keys]) => (/^del$/i.test(String(name)) ? keys : []));
  const tags = removed.flatMap((key) => /^[^:]+:\d+:tag:(.+)$/.exec(String(key))?.[1] ?? []);
  if (tags.length > 0)
    journal.note(
      tags.map((tag) => `tag ${tag}`),
      `tags    ${tags.join(", ")} invalidated`,
    );
}
