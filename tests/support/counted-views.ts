import { defineResource, defineTags, Loaded } from "@algoitny/cache";

export const tags = defineTags({
  row: (id: number) => [id],
  rows: () => [],
  named: (id: number) => [id],
});

const options = {
  key: ({ id }: { id: number }) => ({ id }),
  tags: ({ id }: { id: number }) => [tags.row(id), tags.rows()],
  ttl: "1 minute",
  jitter: 0,
} as const;
type Params = { id: number };
const load = ({ id }: Params) => ({ id });
const loadMany = (params: readonly Params[]) => params.map(load);

export const row = defineResource<Params, Params>({ name: "row", ...options, load, loadMany });
export const held = defineResource<Params, Params>({ name: "held", ...options, l1: true, load });
export const trusted = defineResource<Params, Params>({
  name: "trusted",
  ...options,
  l1: { revalidateAfter: "1 minute" },
  load,
});
export const stale = defineResource<Params, Params>({
  name: "stale",
  ...options,
  staleWhileRevalidate: "1 minute",
  load,
});
export const named = defineResource<Params, Params>({
  name: "named",
  ...options,
  load: (params) => new Loaded(load(params), { tags: [tags.named(params.id)] }),
});
export const recorded = defineResource<Params, Params>({
  name: "recorded",
  ...options,
  tags: "reads",
  load: async (params, _source, { reads }) => {
    await reads?.before([[{ tag: tags.named(params.id), words: "named" }]]);
    return load(params);
  },
});
export const conditional = defineResource<Params, string>({
  name: "conditional",
  ...options,
  compression: false,
  load: (_params, _source, { previous }) =>
    previous?.validator === "1"
      ? previous.notModified()
      : new Loaded("x".repeat(20_000), { validator: "1" }),
});
