import type { Question } from "./question.ts";

interface Line {
  atMs: number;
  about: readonly string[];
  text: string;
}

/** Number of remembered lines, and of the last ones that are printed. */
const REMEMBERED = 8_000;
const PRINTED = 40;

/** Latest events, to explain a wrong answer. */
export class Journal {
  readonly #lines: Line[] = [];
  #next = 0;

  note(about: readonly string[], text: string): void {
    this.#lines[this.#next % REMEMBERED] = { atMs: Date.now(), about, text };
    this.#next += 1;
  }

  /** Writes, invalidations and reads related to a question, oldest first. */
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
      .slice(-PRINTED)
      .map(({ atMs, text }) => `${new Date(atMs).toISOString().slice(11, 23)}  ${text}`);
  }
}

/** Records every request that deletes stamps of tags. */
export function noteStamps(journal: Journal, commands: readonly (readonly unknown[])[]): void {
  const removed = commands.flatMap(([name, ...keys]) => (/^del$/i.test(String(name)) ? keys : []));
  const tags = removed.flatMap((key) => /^[^:]+:\d+:tag:(.+)$/.exec(String(key))?.[1] ?? []);
  if (tags.length > 0)
    journal.note(
      tags.map((tag) => `tag ${tag}`),
      `tags    ${tags.join(", ")} invalidated`,
    );
}
