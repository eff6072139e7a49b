/** A page of a list: its position, and the other parameters of its address. */
export interface Page {
  path: string;
  page: number;
  pageSize: number;
  /** Number of elements on all pages. */
  total: number;
  /** The other parameters of the address; undefined ones are left out. */
  parameters: Readonly<Record<string, string | number | undefined>>;
}

/** `Link` of a page (RFC 8288): always `first` and `last`; `prev` and `next` if there are such pages. */
export function pageLinks({ path, page, pageSize, total, parameters }: Page): string {
  const last = Math.max(1, Math.ceil(total / pageSize));
  const relations: Record<string, number | undefined> = {
    first: 1,
    prev: page > 1 ? Math.min(page - 1, last) : undefined,
    next: page < last ? page + 1 : undefined,
    last,
  };
  return Object.entries(relations)
    .flatMap(([relation, target]) =>
      target === undefined ? [] : [`<${path}?${query(target)}>; rel="${relation}"`],
    )
    .join(", ");

  function query(target: number): string {
    const address = new URLSearchParams();
    for (const [name, value] of Object.entries({ ...parameters, page: target })) {
      if (value !== undefined) address.set(name, String(value));
    }
    return address.toString();
  }
}
