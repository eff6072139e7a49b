/** Explains an error at a terminal: a known one with what to do, any other by its message and those of its causes, each once. */
export function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const message = messageOf(error);
  const cause = error.cause === undefined ? "" : explain(error.cause);
  return cause === "" || message.includes(cause) ? message : `${message}\n  because: ${cause}`;
}

function messageOf(error: Error): string {
  const code = "code" in error ? error.code : undefined;
  if (code === "EADDRINUSE" && "port" in error && Number(error.port) > 0) {
    return (
      `Port ${Number(error.port)} is taken by another program, perhaps \`npm run dev\` or \`npm run redis\`. ` +
      `Stop it, or take another port: --port ${Number(error.port) + 1}`
    );
  }
  if (code === "EACCES")
    return `${error.message}: choose a port above 1023, or a folder that you may write to`;
  if (code === "ENOENT" && "path" in error) return `no such file: ${String(error.path)}`;
  if (code === "EISDIR") return "it is a folder, not a file";
  // A refused connection over both IPv6 and IPv4: an AggregateError of two, without a message.
  if (error instanceof AggregateError && error.message === "")
    return error.errors.map((each) => explain(each)).join(", ");
  return error.message;
}
