import type {
  AdviceAnswer,
  CacheStats,
  ExperimentsAnswer,
  Explained,
  FindingsAnswer,
  Invalidated,
  MetricsAnswer,
  SeenRequests,
  TopKeys,
} from "@algoitny/functions/openapi/function-answers";
import { expectTypeOf, test } from "vitest";
import type * as z from "zod";
import type * as page from "../../packages/page/web/answers.ts";

/** The page imports no other package, so it has separate types for the API's answers. */
test("the page's types of answers are what the API's schemas give", () => {
  expectTypeOf<z.output<typeof MetricsAnswer>>().toExtend<Omit<page.Series, "endpoints">>();
  expectTypeOf<z.output<typeof FindingsAnswer>["findings"][number]>().toExtend<page.Finding>();
  expectTypeOf<z.output<typeof SeenRequests>["requests"][number]>().toExtend<page.Seen>();
  expectTypeOf<
    z.output<typeof ExperimentsAnswer>["experiments"][number]
  >().toExtend<page.Experiment>();
  expectTypeOf<z.output<typeof AdviceAnswer>["advice"][number]>().toExtend<page.Advice>();
  expectTypeOf<z.output<typeof TopKeys>>().toExtend<page.Top>();
  expectTypeOf<z.output<typeof CacheStats>>().toExtend<page.Stored>();
  expectTypeOf<z.output<typeof Invalidated>>().toExtend<page.Invalidated>();
  expectTypeOf<z.output<typeof Explained>>().toExtend<Pick<page.Explained, "key" | "state">>();
});
