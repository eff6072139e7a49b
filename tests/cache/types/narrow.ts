import { defineResource } from "@algoitny/cache";

/** Baseline of the compiler's work for a simple resource, for comparison with those of wide.ts. */
declare function loadName(id: number): Promise<string | null>;
export const narrow = defineResource({ name: "narrow", ttl: "1 minute", load: loadName });
