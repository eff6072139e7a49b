import type { Resource } from "@algoitny/cache";
import type { Source } from "@algoitny/core/source";
import { viewNamed } from "@algoitny/core/views";

/** A view in its form with rules, even if it is recorded by default. */
export function ruled<Params, Value>(
  view: Resource<Params, Value, Source>,
): Resource<Params, Value, Source> {
  const { ruleTags = [] } = viewNamed(view.name) ?? {};
  const tagsFor = (params: Params) =>
    typeof ruleTags === "function" ? ruleTags(params as never) : ruleTags;
  return Object.freeze({ ...view, tagsFor }) as Resource<Params, Value, Source>;
}
