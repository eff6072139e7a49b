import type { Api, Reply } from "./storm-api.ts";
import type { Journal } from "./journal.ts";
import type { Question } from "./question.ts";
import type { State } from "./state.ts";

/** Why an answer was asked for: after one's own write, by a reader at any time, or when all is over. */
export type Occasion = "own" | "reader" | "final";

/** An answer that was not current, and what had happened to it. */
export interface StaleRead {
  question: string;
  occasion: Occasion;
  process: number;
  /** `hit`, `miss`, … */
  cache: string;
  key: string;
  wrong: string;
  story: string[];
}

/** Asks questions and judges the answers. */
export interface Checker {
  check(question: Question, process: number, occasion: Occasion): Promise<void>;
  answers: Record<Occasion, number>;
  /** By how the cache had them. */
  caches: Record<string, number>;
  stale: StaleRead[];
}

export function createChecker({
  api,
  state,
  journal,
}: {
  api: Api;
  state: State;
  journal: Journal;
}): Checker {
  const answers = { own: 0, reader: 0, final: 0 };
  const caches: Record<string, number> = {};
  const stale: StaleRead[] = [];
  return {
    answers,
    caches,
    stale,
    async check(question, process, occasion) {
      const from = state.moments.next();
      const reply = await api.ask(question, process);
      const wrong = question.judge(reply, { from, to: state.moments.next() });
      answers[occasion] += 1;
      caches[reply.cache] = (caches[reply.cache] ?? 0) + 1;
      if (wrong !== undefined) stale.push(toStaleRead(question, reply, occasion, wrong));
    },
  };

  function toStaleRead(
    question: Question,
    reply: Reply,
    occasion: Occasion,
    wrong: string,
  ): StaleRead {
    const name = `GET ${question.path} as ${question.as?.name ?? "nobody"}`;
    const { process, cache } = reply;
    return {
      question: name,
      occasion,
      process,
      cache,
      key: question.key,
      wrong,
      story: journal.story(question),
    };
  }
}
