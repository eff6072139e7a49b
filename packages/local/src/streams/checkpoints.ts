import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { z } from "zod";

const Saved = z.object({
  streamArn: z.string(),
  positions: z.record(z.string(), z.string()),
  finished: z.array(z.string()),
});

/**
 * Checkpoints of a stream's shards. With a file, a restart continues at the last run's positions;
 * without one, or for another stream than the file's, it begins at the subscription's starting position.
 */
export class Checkpoints {
  readonly #file: string | undefined;
  readonly #saved: z.output<typeof Saved>;
  readonly #log: (line: string) => void;
  #saving = Promise.resolve();
  #isSaveDue = false;

  private constructor(
    file: string | undefined,
    saved: z.output<typeof Saved>,
    log: (line: string) => void,
  ) {
    this.#file = file;
    this.#saved = saved;
    this.#log = log;
  }

  static async open(
    file: string | undefined,
    streamArn: string,
    log: (line: string) => void,
  ): Promise<Checkpoints> {
    const text = file === undefined ? "" : await readFile(file, "utf8").catch(() => "");
    const saved = Saved.safeParse(parseJson(text));
    const isOfThisStream = saved.success && saved.data.streamArn === streamArn;
    const none = { streamArn, positions: {}, finished: [] };
    return new Checkpoints(file, isOfThisStream ? saved.data : none, log);
  }

  /** Sequence number that a shard was handled up to. */
  position(shardId: string): string | undefined {
    return this.#saved.positions[shardId];
  }

  /** True when a shard has ended and all its records are handled. */
  isFinished(shardId: string): boolean {
    return this.#saved.finished.includes(shardId);
  }

  advance(shardId: string, sequenceNumber: string): void {
    this.#saved.positions[shardId] = sequenceNumber;
    this.#save();
  }

  finish(shardId: string): void {
    this.#saved.finished.push(shardId);
    delete this.#saved.positions[shardId];
    this.#save();
  }

  /** Resolves when the file contains what has been reported so far. */
  async flush(): Promise<void> {
    await this.#saving;
  }

  /** One write at a time; changes during a write are included in the next. */
  #save(): void {
    const file = this.#file;
    if (file === undefined || this.#isSaveDue) return;
    this.#isSaveDue = true;
    this.#saving = this.#write(this.#saving, file);
  }

  async #write(previous: Promise<void>, file: string): Promise<void> {
    await previous;
    this.#isSaveDue = false;
    try {
      await mkdir(dirname(file), { recursive: true });
      await writeFile(`${file}.new`, JSON.stringify(this.#saved));
      await rename(`${file}.new`, file);
    } catch (error) {
      this.#log(`cannot save the position, so a restart will repeat records: ${String(error)}`);
    }
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
