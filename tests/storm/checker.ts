import { HotPages } from "./hot-pages.ts";
import type { Api, Reply } from "./storm-api.ts";
import type { Journal } from "./journal.ts";
import type { JustChanged } from "./just-changed.ts";
import type { Outages } from "./outages.ts";
import type { Question } from "./question.ts";
import type { State } from "./state.ts";

/** Occasion of a question: after a writer's own write, by a reader at any time, or at the end. */
export type Occasion = "own" | "reader" | "final";

/** An answer that was not current, or an error, with the events that led to it. */
export interface WrongRead {
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
  check(question: Question, process: number, occasion: Occasion): Promise<Reply>;
  answers: Record<Occasion, number>;
  /** Number of answers by cache status. */
  caches: Record<string, number>;
  /** Hits on data that was changed less than a second before. */
  recentHits: number;
  stale: WrongRead[];
  /** 5xx answers, which are neither current nor stale. */
  failed: WrongRead[];
  /** True once an answer was not current, or failed. */
  isWrong(): boolean;
  /** Resets all counts. */
  reset(): void;
}

export function createChecker({
  api,
  state,
  journal,
  outages,
  justChanged,
}: {
  api: Api;
  state: State;
  journal: Journal;
  outages: Outages;
  justChanged: JustChanged;
}): Checker {
  const hotPages = new HotPages(state.moments);
  const answers = { own: 0, reader: 0, final: 0 };
  const caches: Record<string, number> = {};
  const stale: WrongRead[] = [];
  const failed: WrongRead[] = [];
  const isWrong = () => stale.length + failed.length > 0;
  const checker: Checker = { answers, caches, recentHits: 0, stale, failed, isWrong, check, reset };
  return checker;

  async function check(question: Question, process: number, occasion: Occasion): Promise<Reply> {
    const isRecent = justChanged.has(question);
    const began = state.moments.next();
    const asked = hotPages.ask(question);
    const reply = await api.ask(question, process);
    const late = asked.answered(reply.cache);
    const span = { from: outages.earliest(began), to: state.moments.next(), late };
    const hasFailed = reply.status >= 500;
    const wrong = hasFailed
      ? `answers ${reply.status}: ${reply.body}`
      : question.judge(reply, span);
    answers[occasion] += 1;
    if (isRecent && reply.cache === "hit") checker.recentHits += 1;
    caches[reply.cache] = (caches[reply.cache] ?? 0) + 1;
    if (wrong !== undefined)
      (hasFailed ? failed : stale).push(toWrongRead(question, reply, occasion, wrong));
    return reply;
  }

  function reset(): void {
    for (const counts of [answers, caches])
      for (const name of Object.keys(counts)) Reflect.set(counts, name, 0);
    checker.recentHits = 0;
    stale.length = 0;
    failed.length = 0;
  }

  function toWrongRead(
    question: Question,
    reply: Reply,
    occasion: Occasion,
    wrong: string,
  ): WrongRead {
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
