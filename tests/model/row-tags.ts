import { defineTags } from "@algoitny/cache";

export const tags = defineTags({ row: (name: string) => [name] });
