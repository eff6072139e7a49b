/** Types that a JSON round trip changes. */
type NoJson =
  | bigint
  | symbol
  | ((...args: never[]) => unknown)
  | Date
  | ReadonlyMap<unknown, unknown>
  | ReadonlySet<unknown>
  | Uint8Array
  | { toJSON(...args: never[]): unknown };

type Plain = string | number | boolean | null | undefined | void;

/** V with `never` in place of every type that JSON would change. Assignability handles recursion, so recursive types work. */
type AsJson<V> = 0 extends 1 & V
  ? V
  : unknown extends V
    ? V
    : V extends Plain
      ? V
      : V extends NoJson
        ? never
        : { [K in keyof V]: AsJson<V[K]> };

/**
 * `never` when JSON brings a value of type V back as it was; otherwise sentences that name the place and the remedy. Two
 * steps: the cheap check has no path in it, so types are compared once; paths are only looked for after it has failed.
 */
export type NotJson<V> = 0 extends 1 & V
  ? never
  : [V] extends [Uint8Array | null | undefined | void]
    ? never
    : [V] extends [AsJson<V>]
      ? never
      : FaultOf<V, "value", []>;

type FaultOf<V, Path extends string, Depth extends 0[]> = Depth["length"] extends 5
  ? `${Path} holds something that JSON would change`
  : V extends Plain
    ? never
    : V extends bigint
      ? `${Path} is a bigint: store it as a string`
      : V extends symbol | ((...args: never[]) => unknown)
        ? `${Path} is a function or symbol: return plain data`
        : V extends Date
          ? `${Path} is a Date: store toISOString() and give the resource a \`schema\` that reads it`
          : V extends ReadonlyMap<unknown, unknown> | ReadonlySet<unknown>
            ? `${Path} is a Map or Set: store an array`
            : V extends Uint8Array
              ? `${Path} is a Uint8Array inside a value: store it as base64 text`
              : V extends { toJSON(...args: never[]): unknown }
                ? `${Path} has toJSON(): store what it returns and give the resource a \`schema\` that reads it`
                : V extends readonly (infer Item)[]
                  ? [Item] extends [AsJson<Item>]
                    ? never
                    : FaultOf<Item, `${Path}[]`, [...Depth, 0]>
                  : {
                      [K in keyof V & string]-?: [V[K]] extends [AsJson<V[K]>]
                        ? never
                        : FaultOf<V[K], `${Path}.${K}`, [...Depth, 0]>;
                    }[keyof V & string];
