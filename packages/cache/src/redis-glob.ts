/** Makes a test of names from a Redis glob: `*`, `?`, `[a-c]`, `[^x]` and backslash escapes. */
export function globMatcher(pattern: string): (name: string) => boolean {
  const source = pattern.replace(
    /\\(.)|\*|\?|\[\^?[^\]]+\]|[.+^${}()|[\]\\]/g,
    (part, escaped: string | undefined) => {
      if (escaped !== undefined) return escaped.replace(/[^\w]/, "\\$&");
      if (part === "*") return "[^]*";
      if (part === "?") return "[^]";
      return part.length > 2 ? characterClass(part) : `\\${part}`;
    },
  );
  const expression = new RegExp(`^${source}$`);
  return (name) => expression.test(name);
}

/** Redis accepts the ends of a range in either order. */
function characterClass(part: string): string {
  return part.replace(/([^[^])-(.)/g, (range, from: string, to: string) =>
    from <= to ? range : `${to}-${from}`,
  );
}
