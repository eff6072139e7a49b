import { defineResource } from "@algoitny/cache";

/** What the compiler has to do for any resource at all: compared with the wide ones. */
declare function loadName(id: number): Promise<string | null>;
export const narrow = defineResource({ name: "narrow", ttl: "1 minute", load: loadName });
