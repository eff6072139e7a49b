const SPECIAL = /[\\^$.*+?()[\]{}|/-]/g;

/** A glob as Redis matches keys by it: `*`, `?`, `[abc]`, `[^a]`, `[a-z]`, `\` before a literal. */
export function globToRegExp(glob: string): RegExp {
  const token =
    /\\(?<literal>.)|\[(?<not>\^?)(?<set>(?:\\.|[^\]])*)\]|(?<any>\*+)|(?<one>\?)|(?<text>.)/gsu;
  let source = "";
  for (const { groups = {} } of glob.matchAll(token)) {
    const { literal, not, set, any, one, text } = groups;
    if (any !== undefined) source += ".*";
    else if (one !== undefined) source += ".";
    else if (set !== undefined) source += set === "" ? "(?!)" : `[${not}${escapeSet(set)}]`;
    else source += (literal ?? text ?? "").replace(SPECIAL, String.raw`\$&`);
  }
  return new RegExp(`^${source}$`, "s");
}

/** Keeps ranges and escapes; takes the meaning from what only a JavaScript class gives one. */
function escapeSet(set: string): string {
  return set.replace(/\\(.)|[\^[\\]/gs, (match, escaped: string | undefined) =>
    (escaped ?? match).replace(SPECIAL, String.raw`\$&`),
  );
}
