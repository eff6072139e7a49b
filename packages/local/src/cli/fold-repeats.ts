import type { EventEntry } from "../log-entry.ts";

/** Ids in a log line, which differ in each repetition. */
const IDS = /"(?:function_)?request_id":"[^"]*",?/g;

/** Time between an event's line and the line with the number of its repetitions, and between two such lines. */
const EVERY_MS = 10_000;

/** Length at which a line about repetitions cuts the event's text. */
const NAMED_CHARACTERS = 80;

export interface RepeatOptions {
  onEvent: (entry: EventEntry) => void;
  later: (ms: number, run: () => void) => void;
}

/**
 * Passes on the first of equal events and counts the following ones: a failed stream batch, for instance, is retried each
 * second. Every 10 s it passes on an event with their number, until there are none.
 */
export function createRepeatFolder({ onEvent, later }: RepeatOptions) {
  const repeats = new Map<string, number>();

  function watch(kind: EventEntry["kind"], text: string): void {
    const key = keyOf(kind, text);
    repeats.set(key, 0);
    later(EVERY_MS, () => {
      const count = repeats.get(key) ?? 0;
      repeats.delete(key);
      if (count === 0) return;
      const named = text.length > NAMED_CHARACTERS ? `${text.slice(0, NAMED_CHARACTERS)} …` : text;
      onEvent({ kind, text: `… ${count} more: ${named}` });
      watch(kind, text);
    });
  }

  return (entry: EventEntry): void => {
    const text = entry.text.replaceAll(IDS, "");
    const key = keyOf(entry.kind, text);
    const count = repeats.get(key);
    if (count !== undefined) return void repeats.set(key, count + 1);
    onEvent(entry);
    watch(entry.kind, text);
  };
}

const keyOf = (kind: EventEntry["kind"], text: string): string => `${kind} ${text}`;
