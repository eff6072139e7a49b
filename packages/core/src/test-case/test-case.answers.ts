import * as z from "zod";

/** Fields of a test case that readers see. */
export const TestCaseView = z
  .object({ id: z.int(), input: z.string(), output: z.string() })
  .meta({ id: "TestCase" });
export type TestCaseView = z.infer<typeof TestCaseView>;

export const TestCaseList = z.array(TestCaseView);
