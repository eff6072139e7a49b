import type { Tag } from "@algoitny/cache";
import { links } from "../links.ts";
import { hasRecordedViews } from "../runtime.ts";

/** Tags of recorded reads for what an operator invalidates; undefined while no view is recorded. */
export const namesOfOperators = hasRecordedViews
  ? async (tags: readonly Tag[]): Promise<readonly Tag[]> => {
      const { namesOfTags } = await import("./recorded-names.ts");
      return namesOfTags(tags, links.table().name);
    }
  : undefined;
