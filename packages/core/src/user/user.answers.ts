import * as z from "zod";

/** Answer of `GET /account/stats/`. */
export const UserStats = z
  .object({
    total_executions: z.int(),
    by_platform: z.record(z.string(), z.int()),
    by_language: z.record(z.string(), z.int()),
    total_problems: z.int(),
    passed_executions: z.int(),
    failed_executions: z.int(),
  })
  .meta({ id: "UserStats" });
export type UserStats = z.infer<typeof UserStats>;
