import type { StampKey } from "../store.ts";

export interface PlacedStamps {
  /** Each stamp's name once, permanent ones first. */
  readonly keys: readonly string[];
  /** Number of permanent ones. */
  readonly permanent: number;
  /** Place of a name, counted from 1 as Lua does. */
  readonly placeOf: (key: string) => number;
}

/** Collects the stamps of a batch once each, and finds their places. */
export function placed(
  requests: readonly { readonly stamps: readonly StampKey[] }[],
): PlacedStamps {
  const all = requests.flatMap(({ stamps }) => stamps);
  const named = (permanent: boolean) =>
    all.filter((stamp) => stamp.permanent === permanent).map(({ key }) => key);
  const lasting = new Set(named(true));
  const keys = [...new Set([...lasting, ...named(false)])];
  const places = new Map(keys.map((key, index) => [key, index + 1]));
  return { keys, permanent: lasting.size, placeOf: (key) => places.get(key) ?? 0 };
}
