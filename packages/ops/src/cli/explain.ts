/** What went wrong, for somebody at a terminal: what is known to happen with what to do, the rest as it is. */
export function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ("code" in error && error.code === "EADDRINUSE" && "port" in error) {
    const port = String(error.port);
    return (
      `Port ${port} is taken: something else, perhaps another \`npm run dev\`, listens there. ` +
      `Stop it, or take another port: --port ${Number(port) + 1}`
    );
  }
  if ("code" in error && error.code === "EACCES") {
    return `${error.message}: choose a port above 1023, or a folder that you may write to`;
  }
  const cause = error.cause instanceof Error ? `\n  because: ${explain(error.cause)}` : "";
  return `${error.message}${cause}`;
}
